/// One event of a `text/event-stream` body.
package struct ServerSentEvent: Sendable {
    /// The `event` field; empty when there was none, which the standard reads as `message`.
    package let name: String
    /// Holds the data at ``range``. Often the chunk that brought the event, so that reading it copies nothing.
    package let bytes: [UInt8]
    package let range: Range<Int>

    package init(name: String, bytes: [UInt8], range: Range<Int>) {
        self.name = name
        self.bytes = bytes
        self.range = range
    }

    /// The data as text; bytes that are no UTF-8 become U+FFFD, as the standard's decoding does.
    package var data: String { String(decoding: bytes[range], as: UTF8.self) }

    /// Whether the data is exactly `text`.
    package func isData(_ text: StaticString) -> Bool {
        guard range.count == text.utf8CodeUnitCount else { return false }
        for offset in 0..<range.count where unsafe bytes[range.lowerBound + offset] != text.utf8Start[offset] {
            return false
        }
        return true
    }
}

/// An event is larger than the decoder's limit; what follows cannot be told apart any more.
package struct ServerSentEventTooLarge: Error, Equatable {
    package let limit: Int
}
