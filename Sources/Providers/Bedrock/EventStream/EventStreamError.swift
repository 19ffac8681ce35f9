/// Why bytes are no event stream. Positions count from the start of the frame.
enum EventStreamError: Error, Sendable, Equatable {
    /// The prelude's lengths contradict one another or pass the protocol's limits.
    case length(total: Int, headers: Int)
    case preludeChecksum
    case messageChecksum
    /// A header has no name, an unknown type, or runs past its block.
    case header(at: Int)
}

extension EventStreamError: CustomStringConvertible {
    var description: String {
        switch self {
        case .length(let total, let headers): "event stream: frame of \(total) bytes with \(headers) bytes of headers"
        case .preludeChecksum: "event stream: the prelude's checksum does not match"
        case .messageChecksum: "event stream: the message's checksum does not match"
        case .header(let at): "event stream: malformed header at byte \(at) of the frame"
        }
    }
}
