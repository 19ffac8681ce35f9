import Glibc

/// nginx's side of a FastCGI connection (FastCGI 1.0), blocking, for tests. Every read has a limit of 10 s.
final class FastCGIClient: @unchecked Sendable {
    // Used by one test at a time.
    private let descriptor: Int32
    private var unread: [UInt8] = []

    struct Answer: Equatable {
        var head = ""
        var body = ""
        /// Whether the end-of-request record came.
        var isComplete = false
        var status: String { String(head.prefix { !$0.isNewline }) }
    }

    init(path: String) {
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var limit = timeval(tv_sec: 60, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        let result = withUnixAddress(path) { connect(descriptor, $0, $1) }
        precondition(result == 0, "no connection to \(path), errno \(errno)")
    }

    deinit { Glibc.close(descriptor) }

    func close() { shutdown(descriptor, Int32(SHUT_RDWR)) }

    func write(_ bytes: [UInt8]) {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return }
            sent += count
        }
    }

    static func record(_ type: UInt8, _ content: [UInt8]) -> [UInt8] {
        let padding = (8 - content.count % 8) % 8
        let length = [UInt8(content.count >> 8), UInt8(content.count & 255)]
        return [1, type, 0, 1] + length + [UInt8(padding), 0] + content + [UInt8](repeating: 0, count: padding)
    }

    func request(
        _ method: String, _ target: String, headers: [String: String] = [:], body: [UInt8] = [], keep: Bool = true,
        bodyIsSent: Bool = true
    ) {
        var parameters = ["REQUEST_METHOD": method, "REQUEST_URI": target, "REQUEST_ID": "test-1"]
        if !body.isEmpty { parameters["CONTENT_LENGTH"] = String(body.count) }
        for (name, value) in headers { parameters[name] = value }
        var content: [UInt8] = []
        for (name, value) in parameters.sorted(by: { $0.key < $1.key }) {
            content += Self.length(name.utf8.count) + Self.length(value.utf8.count) + name.utf8 + value.utf8
        }
        var bytes = Self.record(1, [0, 1, keep ? 1 : 0, 0, 0, 0, 0, 0]) + Self.record(4, content) + Self.record(4, [])
        if bodyIsSent {
            for start in stride(from: 0, to: body.count, by: 32_768) {
                bytes += Self.record(5, Array(body[start..<min(start + 32_768, body.count)]))
            }
            bytes += Self.record(5, [])
        }
        write(bytes)
    }

    private static func length(_ count: Int) -> [UInt8] {
        count < 128 ? [UInt8(count)] : [0x80, UInt8(count >> 16), UInt8(count >> 8 & 255), UInt8(count & 255)]
    }

    /// Reads to the end-of-request record, or to the end of the connection.
    func answer() -> Answer {
        var output: [UInt8] = []
        var answer = Answer()
        while let (type, content) = record() {
            if type == 6 { output += content }
            if type == 3 {
                answer.isComplete = true
                break
            }
        }
        let end =
            (0..<max(0, output.count - 3)).first { output[$0..<$0 + 4].elementsEqual([13, 10, 13, 10]) } ?? output.count
        answer.head = String(decoding: output[..<end], as: UTF8.self)
        answer.body = String(decoding: output.dropFirst(end + 4), as: UTF8.self)
        return answer
    }

    /// The content of the next record of output.
    func output() -> String? { record().map { String(decoding: $0.content, as: UTF8.self) } }

    private func record() -> (type: UInt8, content: [UInt8])? {
        while unread.count < 8 { guard fill() else { return nil } }
        let length = Int(unread[4]) << 8 | Int(unread[5])
        let total = 8 + length + Int(unread[6])
        while unread.count < total { guard fill() else { return nil } }
        defer { unread.removeFirst(total) }
        return (unread[1], Array(unread[8..<8 + length]))
    }

    private func fill() -> Bool {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        guard count > 0 else { return false }
        unread += buffer.prefix(count)
        return true
    }

    /// Whether the server has closed the connection; waits up to 10 s for it.
    func seesClose() -> Bool { !fill() && errno != EAGAIN }
}

/// A listening Unix socket at `path`.
func listenOnUnixSocket(_ path: String) -> Int32 {
    let listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    let result = withUnixAddress(path) { bind(listener, $0, $1) }
    precondition(result == 0 && listen(listener, 64) == 0, "no socket at \(path), errno \(errno)")
    return listener
}

private func withUnixAddress<Result>(_ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
    return withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
        }
    }
}
