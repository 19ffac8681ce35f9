import Glibc
import Testing

@testable import FastCGI

@Suite("Writes in one system call")
struct GroupedWritesTests {
    private func connected() -> (near: CInt, far: CInt) {
        var ends: [CInt] = [-1, -1]
        precondition(socketpair(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0, &ends) == 0, "no descriptors left")
        return (ends[0], ends[1])
    }

    private func received(_ descriptor: CInt) -> String {
        var bytes = [UInt8](repeating: 0, count: 100)
        let count = recv(descriptor, &bytes, bytes.count, CInt(MSG_DONTWAIT))
        return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    }

    @Test("reach each socket, and tell which failed, wherever among the others those stand")
    func outcomes() throws {
        // As a server has it: a write to a client that has left is an error, not a signal.
        signal(SIGPIPE, SIG_IGN)
        let group = try #require(GroupedWrites())
        let pairs = (0..<5).map { _ in connected() }
        shutdown(pairs[1].far, CInt(SHUT_RDWR))
        defer {
            for pair in pairs {
                close(pair.near)
                close(pair.far)
            }
        }
        for round in 0..<3 {
            for (index, pair) in pairs.enumerated() {
                #expect(group.add(Array("\(round) to \(index)".utf8), to: index == 3 ? -1 : pair.near))
            }
            #expect(group.submit() == [true, false, true, false, true])
            for index in [0, 2, 4] { #expect(received(pairs[index].far) == "\(round) to \(index)") }
        }
        #expect(group.submit() == [])
    }

    @Test("take no more than there is room for")
    func room() throws {
        let group = try #require(GroupedWrites())
        let (near, far) = connected()
        defer {
            close(near)
            close(far)
        }
        #expect(!group.add([UInt8](repeating: 1, count: GroupedWrites.space + 1), to: near))
        for _ in 0..<GroupedWrites.capacity { #expect(group.add([65], to: near)) }
        #expect(!group.add([65], to: near))
        #expect(group.submit() == [Bool](repeating: true, count: GroupedWrites.capacity))
        #expect(received(far) == String(repeating: "A", count: GroupedWrites.capacity))
        #expect(group.add([66], to: near))
        #expect(group.submit() == [true])
        #expect(received(far) == "B")
    }
}
