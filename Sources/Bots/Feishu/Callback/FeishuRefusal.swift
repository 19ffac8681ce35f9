/// Why a request does not count as the platform's. For the log; whoever sent it is told nothing of it.
package enum FeishuRefusal: String, Error, Sendable {
    /// No JSON, or not the members of an event.
    case form
    case ciphertext
    case signature
    case timestamp
    case token
    case app
}
