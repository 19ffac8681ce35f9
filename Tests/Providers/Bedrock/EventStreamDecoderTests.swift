import Core
import Testing

@testable import Providers

@Suite struct EventStreamDecoderTests {
    /// What a message tells, comparable.
    struct Seen: Equatable {
        var headers: [EventStreamHeader]
        var payload: [UInt8]
    }

    static let stream: [UInt8] =
        EventStreamFrame.event("messageStart", #"{"role":"assistant"}"#) + EventStreamFrame.text("Hällo 世界")
        + EventStreamFrame().bytes + EventStreamFrame.stop() + EventStreamFrame.metadata

    private func decode(_ parts: [[UInt8]]) throws(EventStreamError) -> (seen: [Seen], pending: Int) {
        var decoder = EventStreamDecoder()
        var seen: [Seen] = []
        for part in parts {
            decoder.append(part)
            while let message = try decoder.next() {
                seen.append(Seen(headers: message.headers, payload: Array(message.bytes[message.payload])))
            }
        }
        return (seen, decoder.pendingCount)
    }

    @Test("Frames made and read by botocore are read the same (T3)")
    func botocore() throws {
        for fixture in try #require(try Fixture.json("eventstream.json").array) {
            let name = try #require(fixture.object?["name"]?.string)
            let bytes = Fixture.bytes(hex: try #require(fixture.object?["hex"]?.string))
            let (seen, pending) = try decode([bytes])
            let expected = try #require(fixture.object?["messages"]?.array)
            #expect(pending == 0)
            #expect(seen.count == expected.count, "\(name)")
            for (message, wanted) in zip(seen, expected) {
                let payload = try #require(wanted.object?["payload"]?.string)
                #expect(message.payload == Fixture.bytes(hex: payload), "\(name)")
                let headers = JSONObject(message.headers.map { ($0.name, json($0.value)) })
                #expect(wanted.object?["headers"]?.object == headers, "\(name)")
            }
        }
    }

    /// As the fixture writes values: bytes and ids in hexadecimal.
    private func json(_ value: EventStreamValue) -> JSONValue {
        switch value {
        case .bool(let value): .bool(value)
        case .byte(let value): .int(Int(value))
        case .int16(let value): .int(Int(value))
        case .int32(let value): .int(Int(value))
        case .int64(let value): .int(value)
        case .bytes(let value), .uuid(let value): .string(Hexadecimal.text(value))
        case .string(let value): .string(value)
        case .timestamp(let value): .int(value)
        }
    }

    @Test("All ten header types come back as they were written (T3)")
    func headerTypes() throws {
        let headers = [
            EventStreamHeader(name: "a", value: .bool(true)), EventStreamHeader(name: "b", value: .bool(false)),
            EventStreamHeader(name: "c", value: .byte(.min)), EventStreamHeader(name: "d", value: .int16(.min)),
            EventStreamHeader(name: "e", value: .int32(.max)), EventStreamHeader(name: "f", value: .int64(.min)),
            EventStreamHeader(name: "g", value: .bytes([0, 255])), EventStreamHeader(name: "h", value: .string("ü")),
            EventStreamHeader(name: "i", value: .timestamp(milliseconds: -1)),
            EventStreamHeader(name: "j", value: .uuid(Array(0..<16))),
        ]
        let (seen, _) = try decode([EventStreamFrame(headers: headers, payload: [1]).bytes])
        #expect(seen == [Seen(headers: headers, payload: [1])])
    }

    @Test("The same messages are found byte by byte and split at every offset")
    func splits() throws {
        let whole = try decode([Self.stream]).seen
        #expect(whole.count == 5)
        #expect(try decode(Self.stream.map { [$0] }).seen == whole)
        for cut in 0...Self.stream.count {
            let (seen, pending) = try decode([Array(Self.stream[..<cut]), Array(Self.stream[cut...])])
            #expect(seen == whole, "cut at \(cut)")
            #expect(pending == 0)
        }
    }

    @Test("Nothing of a frame is used before its last byte")
    func incomplete() throws {
        let frame = EventStreamFrame.text("x")
        for length in 0..<frame.count {
            let (seen, pending) = try decode([Array(frame[..<length])])
            #expect(seen.isEmpty)
            #expect(pending == length)
        }
    }

    @Test("A flipped bit anywhere is a checksum error, or never completes a frame")
    func flippedBits() throws {
        let frame = EventStreamFrame.text("x")
        for index in frame.indices {
            for bit in 0..<8 {
                var broken = frame
                broken[index] ^= 1 << UInt8(bit)
                let error = #expect(throws: EventStreamError.self) { _ = try decode([broken]) }
                #expect(error == (index < 12 ? .preludeChecksum : .messageChecksum))
            }
        }
    }

    @Test("Lengths beyond the protocol's limits are refused when the prelude is there")
    func limits() throws {
        func prelude(_ total: Int, _ headers: Int) -> [UInt8] {
            let bytes = EventStreamFrame.number(UInt32(total)) + EventStreamFrame.number(UInt32(headers))
            return bytes + EventStreamFrame.number(CRC32.checksum(bytes))
        }
        let largest = EventStreamDecoder.maximumPayload
        for (total, headers) in [
            (0, 0), (15, 0), (16, 1), (largest + 17, 0), (0xffff_ffff, 0xffff_ffff), (200_000, 128 * 1024 + 1),
        ] {
            #expect(throws: EventStreamError.length(total: total, headers: headers)) {
                _ = try decode([prelude(total, headers)])
            }
        }
        #expect(try decode([prelude(largest + 16, 0)]).seen.isEmpty)
        #expect(try decode([prelude(128 * 1024 + 16, 128 * 1024)]).seen.isEmpty)
    }

    @Test("Header blocks that contradict themselves are refused")
    func malformedHeaders() {
        let blocks: [[UInt8]] = [
            [0], [1], [1, 97], [1, 97, 10], [1, 97, 7], [1, 97, 7, 0], [1, 97, 7, 0, 1], [1, 97, 2], [1, 97, 9, 1, 2],
            [0, 0], [200, 97, 0], [1, 97, 0, 1],
        ]
        for block in blocks {
            let error = #expect(throws: EventStreamError.self) {
                _ = try decode([EventStreamFrame.frame(headerBlock: block, payload: [])])
            }
            guard case .header? = error else {
                Issue.record("\(block) gave \(String(describing: error))")
                continue
            }
        }
    }

    @Test("10,000 random mutations neither trap nor invent messages")
    func mutations() {
        var generator = SeededGenerator(seed: 20_261_121)
        let whole = (try? decode([Self.stream]).seen) ?? []
        for _ in 0..<10_000 {
            var bytes = Self.stream
            for _ in 0..<Int.random(in: 1...4, using: &generator) where !bytes.isEmpty {
                let index = Int.random(in: 0..<bytes.count, using: &generator)
                switch Int.random(in: 0..<4, using: &generator) {
                case 0: bytes[index] = UInt8.random(in: 0...255, using: &generator)
                case 1: bytes.remove(at: index)
                case 2: bytes.insert(UInt8.random(in: 0...255, using: &generator), at: index)
                default: bytes = Array(bytes[..<max(index, 1)])
                }
            }
            var decoder = EventStreamDecoder()
            decoder.append(bytes)
            var found: [Seen] = []
            while let message = try? decoder.next() {
                found.append(Seen(headers: message.headers, payload: Array(message.bytes[message.payload])))
            }
            for message in found { #expect(whole.contains(message)) }
        }
    }

    @Test("A frame of 4 MiB in reads of 1 KiB is decoded in time linear in its size")
    func largeFrame() throws {
        let frame = EventStreamFrame(payload: [UInt8](repeating: 7, count: 4 << 20)).bytes
        let parts = stride(from: 0, to: frame.count, by: 1024).map { Array(frame[$0..<min($0 + 1024, frame.count)]) }
        let (seen, pending) = try decode(parts)
        #expect(seen.map(\.payload.count) == [4 << 20])
        #expect(pending == 0)
    }
}
