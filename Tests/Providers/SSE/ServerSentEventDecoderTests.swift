import Core
import Testing

@testable import Providers

@Suite("The event-stream decoder")
struct ServerSentEventDecoderTests {
    struct Fixture: Sendable, CustomTestStringConvertible {
        let name: String
        let stream: String
        let events: [String]
        var testDescription: String { name }
    }

    /// Expected events are written `name|data`.
    static let fixtures: [Fixture] = [
        Fixture(name: "LF", stream: "data: a\n\ndata: b\n\n", events: ["|a", "|b"]),
        Fixture(name: "CR", stream: "data: a\r\rdata: b\r\r", events: ["|a", "|b"]),
        Fixture(name: "CRLF", stream: "data: a\r\n\r\ndata: b\r\n\r\n", events: ["|a", "|b"]),
        Fixture(
            name: "mixed line ends", stream: "data: a\r\n\ndata: b\n\r\ndata: c\r\n\r", events: ["|a", "|b", "|c"]),
        Fixture(name: "byte order mark", stream: "\u{feff}data: a\n\n", events: ["|a"]),
        Fixture(name: "a second byte order mark is no mark", stream: "\n\u{feff}data: a\n\n", events: []),
        Fixture(name: "comments", stream: ": ping\n\n:\ndata: a\n: in between\n\n", events: ["|a"]),
        Fixture(name: "several data lines", stream: "data: a\ndata:\ndata: c\n\n", events: ["|a\n\nc"]),
        Fixture(name: "only one space is taken off", stream: "data:a\ndata:  b\n\n", events: ["|a\n b"]),
        Fixture(name: "a field without colon", stream: "data\n\n", events: ["|"]),
        Fixture(name: "an event without data is none", stream: "event: x\n\ndata: a\n\n", events: ["|a"]),
        Fixture(name: "names", stream: "event: x\ndata: a\n\ndata: b\n\n", events: ["x|a", "|b"]),
        Fixture(name: "ignored fields", stream: "id: 1\nretry: 5\nnope: x\ndatum: y\ndata: a\n\n", events: ["|a"]),
        Fixture(name: "an unfinished event is dropped", stream: "data: a\n\ndata: b\n", events: ["|a"]),
        Fixture(name: "an unfinished line is dropped", stream: "data: a\n\ndata: b", events: ["|a"]),
        Fixture(name: "blank lines between", stream: "\n\n\ndata: a\n\n\n\n\ndata: b\n\n", events: ["|a", "|b"]),
        Fixture(name: "UTF-8", stream: "data: h\u{e9}llo 日本 \u{1f600}\n\n", events: ["|h\u{e9}llo 日本 \u{1f600}"]),
        Fixture(name: "a colon in the data", stream: "data: {\"a\": \"b:c\"}\n\n", events: ["|{\"a\": \"b:c\"}"]),
        Fixture(name: "empty", stream: "", events: []),
    ]

    private static func decode(_ pieces: [[UInt8]], limit: Int = 1 << 20) throws -> [String] {
        var decoder = ServerSentEventDecoder(limit: limit)
        var events: [String] = []
        for piece in pieces {
            decoder.push(piece)
            while let event = try decoder.next() { events.append("\(event.name)|\(event.data)") }
        }
        return events
    }

    @Test("Reads a stream that arrives whole", arguments: fixtures)
    func whole(_ fixture: Fixture) throws {
        #expect(try Self.decode([Array(fixture.stream.utf8)]) == fixture.events)
    }

    @Test("Reads a stream byte by byte", arguments: fixtures)
    func byteByByte(_ fixture: Fixture) throws {
        #expect(try Self.decode(fixture.stream.utf8.map { [$0] }) == fixture.events)
    }

    @Test("Reads a stream that is cut in two anywhere", arguments: fixtures)
    func everySplit(_ fixture: Fixture) throws {
        let bytes = Array(fixture.stream.utf8)
        for split in 0...bytes.count {
            #expect(try Self.decode([Array(bytes[..<split]), Array(bytes[split...])]) == fixture.events, "at \(split)")
        }
    }

    @Test("Reads damaged streams alike, however they are cut")
    func mutations() throws {
        var random = Generator(state: 20_261_121)
        let seed = Array(Self.fixtures.map(\.stream).joined().utf8)
        for _ in 0..<2000 {
            var bytes = seed
            for _ in 0..<Int.random(in: 1...8, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.remove(at: place)
                case 2: bytes.insert([0x0a, 0x0d, 0x3a, 0x20].randomElement(using: &random) ?? 0, at: place)
                default: bytes.removeSubrange(place..<min(bytes.count, place + 9))
                }
            }
            var pieces: [[UInt8]] = []
            var start = 0
            while start < bytes.count {
                let end = min(bytes.count, start + Int.random(in: 1...40, using: &random))
                pieces.append(Array(bytes[start..<end]))
                start = end
            }
            #expect(try Self.decode(pieces) == Self.decode([bytes]))
        }
    }

    @Test("Refuses an event beyond its limit, in one line or many, finished or not")
    func limit() {
        let line = Array("data: 0123456789\n".utf8)
        for pieces in [[line + [0x0a]], Array(repeating: line, count: 3), line.map { [$0] }] {
            #expect(throws: ServerSentEventTooLarge(limit: 12)) { try Self.decode(pieces, limit: 12) }
        }
        let endless = Array(repeating: Array("xxxx".utf8), count: 4)
        #expect(throws: ServerSentEventTooLarge(limit: 12)) { try Self.decode(endless, limit: 12) }
        let short = Array(repeating: Array("data: 1234\n\n".utf8), count: 100)
        #expect(throws: Never.self) { try Self.decode(short, limit: 12) }
    }

    @Test("Shares the chunk in which an event stands, instead of copying it")
    func shares() throws {
        var decoder = ServerSentEventDecoder()
        let chunk = Array("data: [DONE]\n\n".utf8)
        decoder.push(chunk)
        let event = try #require(try decoder.next())
        #expect(event.isData("[DONE]"))
        #expect(!event.isData("[DONE"))
        #expect(event.range == 6..<12)
        #expect(event.bytes.withUnsafeBytes { $0.baseAddress } == chunk.withUnsafeBytes { $0.baseAddress })
    }

    /// SplitMix64.
    private struct Generator: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state &+= 0x9e37_79b9_7f4a_7c15
            var z = state
            z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
            z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
            return z ^ (z >> 31)
        }
    }
}
