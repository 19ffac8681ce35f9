import Glibc
import TestSupport
import Testing

@testable import Doctor

@Suite struct SocketProbeTests {
    private static func record(_ type: UInt8, _ content: [UInt8], padding: Int = 0) -> [UInt8] {
        [1, type, 0, 1, 0, UInt8(content.count), UInt8(padding), 0] + content + [UInt8](repeating: 0, count: padding)
    }

    @Test func `output is what its records carry, once the end has come, wherever the bytes are split`() {
        let whole =
            Self.record(6, Array("one ".utf8), padding: 4) + Self.record(7, Array("to stderr".utf8))
            + Self.record(6, Array("two".utf8)) + Self.record(3, [0, 0, 0, 0, 0, 0, 0, 0])
        for count in 0..<whole.count { #expect(SocketProbe.output(of: Array(whole.prefix(count))) == nil) }
        #expect(SocketProbe.output(of: whole) == Array("one two".utf8))
    }

    @Test func `a socket that is not there, and one where nobody listens, are told apart`() throws {
        let path = TemporaryDirectory()
        let missing = #expect(throws: SocketProbe.Failure.self) { try SocketProbe(path: path.file("none")).run() }
        #expect(missing?.reason.contains("there is no socket") == true)
        let stale = path.file("stale")
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(stale.utf8)) }
        let bound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        try #require(bound == 0)
        close(descriptor)
        let refused = #expect(throws: SocketProbe.Failure.self) { try SocketProbe(path: stale).run() }
        #expect(refused?.reason.contains("nobody listens") == true)
    }

    @Test func `a path that no socket can have is refused before anything is asked`() {
        let long = "/" + String(repeating: "x", count: 107)
        let refused = #expect(throws: SocketProbe.Failure.self) { try SocketProbe(path: long).run() }
        #expect(refused?.reason.contains("at most 107") == true)
    }
}
