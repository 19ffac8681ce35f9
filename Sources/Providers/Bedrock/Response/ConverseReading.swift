/// What a call's answer needs to be read, besides the answer.
struct ConverseReading: Sendable {
    /// Tool names that had to change: what was sent to what the client calls it.
    var toolNames: [String: String] = [:]
    var structured: StructuredAnswer?
}
