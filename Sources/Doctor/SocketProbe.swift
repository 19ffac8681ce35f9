internal import CLinux
internal import Glibc

/// One `GET /readyz` to the workers' socket, as nginx would send it (FastCGI 1.0). Blocks, for a few seconds at most.
package struct SocketProbe {
    /// Why there was no answer; the text has the remedy.
    package struct Failure: Error, Equatable {
        package let reason: String

        package init(reason: String) { self.reason = reason }
    }

    private static let answerLimit = 65_536
    private let path: String
    private let patience: Int

    /// - Parameters:
    ///   - path: of the Unix socket, at most 107 bytes.
    ///   - patience: seconds that each write and read may take.
    package init(path: String, patience: Int = 5) {
        self.path = path
        self.patience = patience
    }

    /// The status and body of the answer.
    package func run() throws(Failure) -> (status: Int, body: String) {
        let descriptor = try connected()
        defer { close(descriptor) }
        try send(Self.request, to: descriptor)
        let output = try answer(from: descriptor)
        let text = String(decoding: output, as: UTF8.self)
        let head = text.split(separator: "\r\n\r\n", maxSplits: 1, omittingEmptySubsequences: false)
        // RFC 3875 section 6.3.3: 200 unless Status says otherwise.
        let line = head.first?.split(separator: "\r\n").first { $0.lowercased().hasPrefix("status:") }
        let status = line.flatMap { Int($0.dropFirst(7).drop { $0 == " " }.prefix(3)) }
        return (status ?? 200, head.count > 1 ? String(head[1]) : "")
    }

    private func connected() throws(Failure) -> CInt {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else {
            throw Failure(reason: "the path has \(bytes.count) bytes, a socket's at most 107: choose a shorter one")
        }
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { place in
            for (index, byte) in bytes.enumerated() { unsafe place[index] = byte }
        }
        let descriptor = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw Failure(reason: "no socket can be made, \(Self.lastError())") }
        var limit = timeval(tv_sec: patience, tv_usec: 0)
        let size = socklen_t(MemoryLayout<timeval>.size)
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, size)
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, size)
        let result = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard result == 0 else {
            let code = brook_errno()
            close(descriptor)
            throw Failure(reason: Self.explain(code))
        }
        return descriptor
    }

    private static func explain(_ code: CInt) -> String {
        switch code {
        case ENOENT: "there is no socket: start brook"
        case ECONNREFUSED: "nobody listens: start brook, and look into its log"
        case EACCES: "you may not connect: run as root, as brook, or as nginx's user"
        case EAGAIN: "its queue is full: add workers"
        default: "connect: \(message(code))"
        }
    }

    private static func lastError() -> String { message(brook_errno()) }

    private static func message(_ code: CInt) -> String { unsafe String(cString: strerror(code)) }

    private func send(_ bytes: [UInt8], to descriptor: CInt) throws(Failure) {
        let sent = unsafe bytes.withUnsafeBytes {
            unsafe Glibc.send(descriptor, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL))
        }
        guard sent == bytes.count else { throw Failure(reason: "nothing could be sent, \(Self.lastError())") }
    }

    private func answer(from descriptor: CInt) throws(Failure) -> [UInt8] {
        var received: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 8192)
        while received.count < Self.answerLimit {
            if let output = Self.output(of: received) { return output }
            let count = unsafe buffer.withUnsafeMutableBytes {
                unsafe recv(descriptor, $0.baseAddress, $0.count, 0)
            }
            guard count > 0 else {
                let reason = count == 0 ? "the connection was closed" : "no answer in \(patience) s"
                throw Failure(reason: "\(reason): look into brook's log")
            }
            received += buffer.prefix(count)
        }
        throw Failure(reason: "the answer is not brook's: something else listens there")
    }

    /// What the FCGI_STDOUT records carry, once FCGI_END_REQUEST has come.
    static func output(of records: [UInt8]) -> [UInt8]? {
        var output: [UInt8] = []
        var position = 0
        while position + 8 <= records.count {
            let length = Int(records[position + 4]) << 8 | Int(records[position + 5])
            let end = position + 8 + length
            guard end + Int(records[position + 6]) <= records.count else { return nil }
            switch records[position + 1] {
            case 3: return output
            case 6: output += records[(position + 8)..<end]
            default: break
            }
            position = end + Int(records[position + 6])
        }
        return nil
    }

    private static let request: [UInt8] = {
        let parameters = [
            ("REQUEST_METHOD", "GET"), ("REQUEST_URI", "/readyz"), ("SERVER_PROTOCOL", "HTTP/1.1"),
            ("REMOTE_ADDR", "127.0.0.1"),
        ]
        // Names and values here are shorter than 128 bytes, whose lengths take one.
        let content = parameters.flatMap { name, value in
            [UInt8(name.utf8.count), UInt8(value.utf8.count)] + Array(name.utf8) + Array(value.utf8)
        }
        // Responder; the connection is not kept.
        return record(1, [0, 1, 0, 0, 0, 0, 0, 0]) + record(4, content) + record(4, []) + record(5, [])
    }()

    private static func record(_ type: UInt8, _ content: [UInt8]) -> [UInt8] {
        [1, type, 0, 1, UInt8(content.count >> 8), UInt8(content.count & 255), 0, 0] + content
    }
}
