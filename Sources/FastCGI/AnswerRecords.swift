/// An answer as records of FastCGI 1.0 (sections 3.3, 5.3 and 5.5), from where it is made to where it is written.
struct AnswerRecords {
    private enum Kind: UInt8 {
        case endRequest = 3
        case stdout = 6
    }

    /// More room than this is given back when the bytes are written, since a stream lasts long and its pieces are small.
    private static let keptCapacity = 2048
    private static let headerLength = 8

    private(set) var bytes: [UInt8] = []
    /// Where the last record begins, while it can be made longer.
    private var open: Int?
    /// The number that the web server gave the request.
    var requestID: UInt16 = 1

    /// Part of the answer, of at most 65,535 bytes. An empty part is none: its record would be the answer's end.
    mutating func append(_ content: ArraySlice<UInt8>) {
        guard !content.isEmpty else { return }
        precondition(content.count <= UInt16.max, "a record holds at most 65,535 bytes")
        if let open, bytes.count - open - Self.headerLength + content.count <= UInt16.max {
            bytes += content
            let length = bytes.count - open - Self.headerLength
            bytes[open + 4] = UInt8(length >> 8)
            bytes[open + 5] = UInt8(truncatingIfNeeded: length)
        } else {
            open = bytes.count
            appendHeader(.stdout, contentLength: UInt16(content.count))
            bytes += content
        }
    }

    /// The answer is complete: application status 0, protocol status `FCGI_REQUEST_COMPLETE`.
    mutating func appendEnd() {
        open = nil
        appendHeader(.stdout, contentLength: 0)
        appendHeader(.endRequest, contentLength: 8)
        bytes += repeatElement(0, count: 8)
    }

    mutating func removeAll() {
        open = nil
        bytes.removeAll(keepingCapacity: bytes.capacity <= Self.keptCapacity)
    }

    private mutating func appendHeader(_ kind: Kind, contentLength: UInt16) {
        bytes.append(1)
        bytes.append(kind.rawValue)
        bytes.append(UInt8(requestID >> 8))
        bytes.append(UInt8(truncatingIfNeeded: requestID))
        bytes.append(UInt8(contentLength >> 8))
        bytes.append(UInt8(truncatingIfNeeded: contentLength))
        // No padding.
        bytes.append(0)
        bytes.append(0)
    }
}
