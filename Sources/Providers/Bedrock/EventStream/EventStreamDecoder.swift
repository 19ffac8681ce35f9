internal import Core

/// Cuts `application/vnd.amazon.eventstream` bytes into messages, however reads split them.
///
/// A frame: total length (4 bytes), header length (4), CRC-32 of those eight (4), headers, payload, CRC-32 of all before
/// (4), all big-endian. Nothing of a frame is used before the whole of it is there. A read that holds whole frames is
/// decoded where it lies; only an incomplete rest is copied, so the work is linear in the bytes.
/// Source: Amazon Event Stream specification (smithy.io, "amazon-eventstream").
struct EventStreamDecoder {
    static let maximumHeaders = 128 * 1024
    static let maximumPayload = 24 * 1024 * 1024
    private static let preludeLength = 12
    private static let checksumLength = 4

    private var bytes: [UInt8] = []
    private var position = 0

    /// Bytes that were given and belong to no message yet.
    var pendingCount: Int { bytes.count - position }

    /// Takes the next bytes of the stream. Messages of earlier calls must have been used.
    mutating func append(_ more: [UInt8]) {
        if position == bytes.count {
            bytes = more
        } else {
            if position > 0 { bytes.removeFirst(position) }
            bytes += more
        }
        position = 0
    }

    /// The next whole message; nil when more bytes are needed. After an error the stream is of no further use.
    mutating func next() throws(EventStreamError) -> EventStreamMessage? {
        let start = position
        guard bytes.count - start >= Self.preludeLength else { return nil }
        let total = number(at: start)
        let headerLength = number(at: start + 4)
        guard CRC32.checksum(bytes, start..<start + 8) == UInt32(number(at: start + 8)) else { throw .preludeChecksum }
        let payloadLength = total - headerLength - Self.preludeLength - Self.checksumLength
        guard headerLength <= Self.maximumHeaders, payloadLength >= 0, payloadLength <= Self.maximumPayload else {
            throw .length(total: total, headers: headerLength)
        }
        guard bytes.count - start >= total else { return nil }
        let end = start + total - Self.checksumLength
        guard CRC32.checksum(bytes, start..<end) == UInt32(number(at: end)) else { throw .messageChecksum }
        let headers = start + Self.preludeLength..<start + Self.preludeLength + headerLength
        let (type, event) = try check(headers, frame: start)
        position = start + total
        return EventStreamMessage(
            bytes: bytes, headerBlock: headers, payload: headers.upperBound..<end, type: type, event: event)
    }

    /// Goes over the header fields once, and answers where the two stand that every message is read by.
    private func check(
        _ headers: Range<Int>, frame: Int
    ) throws(EventStreamError) -> (type: Range<Int>?, event: Range<Int>?) {
        var type: Range<Int>?
        var event: Range<Int>?
        var position = headers.lowerBound
        while position < headers.upperBound {
            guard let field = EventStreamMessage.field(in: bytes, at: position, end: headers.upperBound) else {
                throw .header(at: position - frame)
            }
            if field.isString, type == nil, bytes.spells(":message-type", at: field.name) { type = field.value }
            if field.isString, event == nil, bytes.spells(":event-type", at: field.name) { event = field.value }
            position = field.value.upperBound
        }
        return (type, event)
    }

    /// Four bytes, big-endian.
    private func number(at index: Int) -> Int {
        Int(bytes[index]) << 24 | Int(bytes[index + 1]) << 16 | Int(bytes[index + 2]) << 8 | Int(bytes[index + 3])
    }
}
