/// Reads `text/event-stream` bytes as they arrive, however they were cut (WHATWG HTML, section 9.2.6).
///
/// Lines end with LF, CR or CRLF; a byte order mark at the start and comment lines are skipped; several `data` lines
/// are joined with LF; an event without data is none; one that the stream leaves without its blank line is dropped.
/// `id` and `retry` serve reconnecting, which a gateway does not do, and are ignored. Each byte is looked at a fixed
/// number of times.
package struct ServerSentEventDecoder {
    /// As large as the largest frame that a provider sends (24 MiB, Bedrock's limit of a payload).
    package static let defaultLimit = 24 * 1024 * 1024

    private let limit: Int
    private var chunk: [UInt8] = []
    private var position = 0
    /// The beginning of a line that goes on in the next chunk.
    private var line: [UInt8] = []
    /// A line ended with CR: an LF that follows at once belongs to the same line end.
    private var skipsLineFeed = false
    private var isFirstLine = true

    private var name = ""
    private var data: [UInt8] = []
    private var dataRange = 0..<0
    private var dataState = DataState.none

    private enum DataState {
        case none
        /// `data` is the array in which the only line so far stands.
        case shared
        /// `data` was gathered from several lines.
        case gathered
    }

    package init(limit: Int = ServerSentEventDecoder.defaultLimit) { self.limit = limit }

    /// Takes the next piece of the stream. ``next()`` must have answered nil before.
    package mutating func push(_ bytes: [UInt8]) {
        precondition(position == chunk.count, "the chunk before has not been read to its end")
        chunk = bytes
        position = 0
    }

    /// The next complete event; nil when more bytes are needed.
    package mutating func next() throws(ServerSentEventTooLarge) -> ServerSentEvent? {
        while position < chunk.count {
            if skipsLineFeed {
                skipsLineFeed = false
                if chunk[position] == 0x0a {
                    position += 1
                    continue
                }
            }
            let start = position
            let end = endOfLine(from: start)
            try checkSize(adding: end - start)
            guard end < chunk.count else {
                line += chunk[start...]
                position = end
                break
            }
            skipsLineFeed = chunk[end] == 0x0d
            position = end + 1
            if let event = takeLine(start..<end) { return event }
        }
        chunk = []
        position = 0
        return nil
    }

    private func endOfLine(from start: Int) -> Int {
        unsafe chunk.withUnsafeBufferPointer { bytes in
            var index = start
            while index < bytes.count {
                let byte = unsafe bytes[index]
                if byte == 0x0a || byte == 0x0d { break }
                index += 1
            }
            return index
        }
    }

    private func checkSize(adding count: Int) throws(ServerSentEventTooLarge) {
        let held = line.count + (dataState == .none ? 0 : dataRange.count)
        guard held + count <= limit else { throw ServerSentEventTooLarge(limit: limit) }
    }

    private mutating func takeLine(_ range: Range<Int>) -> ServerSentEvent? {
        guard !line.isEmpty else { return interpret(chunk, range) }
        line += chunk[range]
        let whole = line
        line = []
        return interpret(whole, 0..<whole.count)
    }

    /// Applies one line, without its end.
    private mutating func interpret(_ bytes: [UInt8], _ range: Range<Int>) -> ServerSentEvent? {
        var range = range
        if isFirstLine {
            isFirstLine = false
            if bytes[range].starts(with: [0xef, 0xbb, 0xbf]) { range = range.lowerBound + 3..<range.upperBound }
        }
        if range.isEmpty { return dispatch() }
        var colon = range.lowerBound
        while colon < range.upperBound, bytes[colon] != UInt8(ascii: ":") { colon += 1 }
        var value = min(colon + 1, range.upperBound)..<range.upperBound
        if let first = value.first, bytes[first] == UInt8(ascii: " ") { value = first + 1..<value.upperBound }
        let field = bytes[range.lowerBound..<colon]
        if field.elementsEqual("data".utf8) {
            addData(bytes, value)
        } else if field.elementsEqual("event".utf8) {
            name = String(decoding: bytes[value], as: UTF8.self)
        }
        return nil
    }

    private mutating func addData(_ bytes: [UInt8], _ value: Range<Int>) {
        switch dataState {
        case .none:
            data = bytes
            dataRange = value
            dataState = .shared
            return
        case .shared:
            data = Array(data[dataRange])
            dataState = .gathered
        case .gathered: break
        }
        data.append(0x0a)
        data += bytes[value]
        dataRange = 0..<data.count
    }

    private mutating func dispatch() -> ServerSentEvent? {
        defer {
            name = ""
            data = []
            dataRange = 0..<0
            dataState = .none
        }
        guard dataState != .none else { return nil }
        return ServerSentEvent(name: name, bytes: data, range: dataRange)
    }
}
