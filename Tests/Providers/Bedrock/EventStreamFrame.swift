import Core

@testable import Providers

/// Writes event-stream frames for tests, also wrong ones.
struct EventStreamFrame {
    var headers: [EventStreamHeader] = []
    var payload: [UInt8] = []

    static func event(_ type: String, _ payload: String) -> [UInt8] {
        EventStreamFrame(
            headers: [
                EventStreamHeader(name: ":event-type", value: .string(type)),
                EventStreamHeader(name: ":content-type", value: .string("application/json")),
                EventStreamHeader(name: ":message-type", value: .string("event")),
            ], payload: Array(payload.utf8)
        ).bytes
    }

    static func exception(_ type: String, _ payload: String) -> [UInt8] {
        EventStreamFrame(
            headers: [
                EventStreamHeader(name: ":exception-type", value: .string(type)),
                EventStreamHeader(name: ":content-type", value: .string("application/json")),
                EventStreamHeader(name: ":message-type", value: .string("exception")),
            ], payload: Array(payload.utf8)
        ).bytes
    }

    static func error(_ code: String, _ message: String) -> [UInt8] {
        EventStreamFrame(headers: [
            EventStreamHeader(name: ":message-type", value: .string("error")),
            EventStreamHeader(name: ":error-code", value: .string(code)),
            EventStreamHeader(name: ":error-message", value: .string(message)),
        ]).bytes
    }

    static func text(_ text: String, block: Int = 0) -> [UInt8] {
        let delta: JSONObject = ["contentBlockIndex": .int(block), "delta": ["text": .string(text)], "p": "abcdef"]
        return event("contentBlockDelta", JSONValue.object(delta).text)
    }

    static func stop(_ reason: String = "end_turn") -> [UInt8] {
        event("messageStop", #"{"stopReason":"\#(reason)","p":"a"}"#)
    }

    static let metadata = event(
        "metadata", #"{"metrics":{"latencyMs":5},"usage":{"inputTokens":7,"outputTokens":3,"totalTokens":10}}"#)

    var bytes: [UInt8] { Self.frame(headerBlock: headers.flatMap(Self.encode), payload: payload) }

    /// A frame with right checksums around any header block.
    static func frame(headerBlock: [UInt8], payload: [UInt8]) -> [UInt8] {
        var bytes = number(UInt32(16 + headerBlock.count + payload.count)) + number(UInt32(headerBlock.count))
        bytes += number(CRC32.checksum(bytes))
        bytes += headerBlock + payload
        return bytes + number(CRC32.checksum(bytes))
    }

    static func number(_ value: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: value.bigEndian) { Array($0) }
    }

    private static func encode(_ header: EventStreamHeader) -> [UInt8] {
        let name = Array(header.name.utf8)
        return [UInt8(name.count)] + name + encode(header.value)
    }

    private static func encode(_ value: EventStreamValue) -> [UInt8] {
        switch value {
        case .bool(let value): [value ? 0 : 1]
        case .byte(let value): [2] + number(value)
        case .int16(let value): [3] + number(value)
        case .int32(let value): [4] + number(value)
        case .int64(let value): [5] + number(value)
        case .bytes(let value): [6] + number(UInt16(value.count)) + value
        case .string(let value): [7] + number(UInt16(value.utf8.count)) + Array(value.utf8)
        case .timestamp(let value): [8] + number(value)
        case .uuid(let value): [9] + value
        }
    }
}
