import Glibc
import Synchronization

/// A TCP server on loopback whose connections a test scripts byte by byte, each on a thread of its own.
package final class LoopbackServer: Sendable {
    package let port: UInt16
    private let listener: Int32
    private let accepted = Atomic<Int>(0)

    /// Connections taken so far.
    package var connections: Int { accepted.load(ordering: .relaxed) }
    package var url: String { "http://127.0.0.1:\(port)" }

    package init(_ script: @escaping @Sendable (LoopbackPeer) -> Void) {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                precondition(bind(listener, generic, size) == 0 && listen(listener, 128) == 0, "no loopback port")
                getsockname(listener, generic, &size)
            }
        }
        self.listener = listener
        port = UInt16(bigEndian: address.sin_port)
        Self.detach { [self] in
            while true {
                let connection = accept(listener, nil, nil)
                guard connection >= 0 else { return }
                accepted.add(1, ordering: .relaxed)
                Self.detach {
                    let peer = LoopbackPeer(connection)
                    script(peer)
                    peer.close()
                }
            }
        }
    }

    /// Takes no more connections. Without it the server listens as long as the process lives.
    package func stop() { shutdown(listener, Int32(SHUT_RDWR)) }

    private static func detach(_ body: @escaping @Sendable () -> Void) {
        final class Box {
            let body: @Sendable () -> Void
            init(_ body: @escaping @Sendable () -> Void) { self.body = body }
        }
        var thread = pthread_t()
        pthread_create(
            &thread, nil,
            { context in
                if let context { Unmanaged<Box>.fromOpaque(context).takeRetainedValue().body() }
                return nil
            }, Unmanaged.passRetained(Box(body)).toOpaque())
        pthread_detach(thread)
    }
}

/// The server's end of one connection.
package final class LoopbackPeer: @unchecked Sendable {
    // Used by the one thread that runs the script.
    private var descriptor: Int32
    private var unread: [UInt8] = []

    init(_ descriptor: Int32) {
        self.descriptor = descriptor
        var limit = timeval(tv_sec: 60, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    }

    /// The head and body of the next HTTP request; nil when the client closed or sent nothing for a minute.
    package func request() -> String? {
        while true {
            if let headBytes = endOfHead {
                let lines = String(decoding: unread.prefix(headBytes), as: UTF8.self).split(whereSeparator: \.isNewline)
                let line = lines.first { $0.lowercased().hasPrefix("content-length: ") }
                let length = line.flatMap { Int($0.dropFirst(16)) } ?? 0
                if unread.count >= headBytes + length {
                    let whole = String(decoding: unread.prefix(headBytes + length), as: UTF8.self)
                    unread.removeFirst(headBytes + length)
                    return whole
                }
            }
            guard read() else { return nil }
        }
    }

    /// Bytes up to and with the empty line.
    private var endOfHead: Int? {
        guard unread.count >= 4 else { return nil }
        return (4...unread.count).first { unread[($0 - 4)..<$0].elementsEqual([0x0d, 0x0a, 0x0d, 0x0a]) }
    }

    /// Whether the client closes its side within 10 s, whatever it sends before.
    package func seesClose() -> Bool {
        while read() {}
        return descriptor >= 0 && errno != EAGAIN
    }

    /// Waits for the first bytes of a request, and leaves the rest.
    package func takeSome() { _ = read() }

    private func read() -> Bool {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        errno = 0
        let count = recv(descriptor, &buffer, buffer.count, 0)
        guard count > 0 else { return false }
        unread += buffer.prefix(count)
        return true
    }

    @discardableResult
    package func write(_ text: String) -> Bool { write(Array(text.utf8)) }

    @discardableResult
    package func write(_ bytes: [UInt8]) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }

    /// Answers with a length and a body.
    package func answer(_ status: String = "200 OK", _ body: String, headers: String = "") {
        write("HTTP/1.1 \(status)\r\nContent-Length: \(body.utf8.count)\r\n\(headers)\r\n\(body)")
    }

    /// Waits, at most 10 s, until the client's kernel has acknowledged and its reader taken everything written.
    package func waitUntilRead() -> Bool {
        for _ in 0..<2000 {
            var unsent: Int32 = 0
            _ = ioctl(descriptor, UInt(TIOCOUTQ), &unsent)
            usleep(5000)
            if unsent == 0 { return true }
        }
        return false
    }

    /// One chunk of a chunked body.
    package func chunk(_ body: String) { write("\(String(body.utf8.count, radix: 16))\r\n\(body)\r\n") }

    package func close() {
        guard descriptor >= 0 else { return }
        Glibc.close(descriptor)
        descriptor = -1
    }

    /// Closes with a reset instead of an orderly end.
    package func reset() {
        var hard = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &hard, socklen_t(MemoryLayout<linger>.size))
        close()
    }
}
