internal import Core

/// The shape in which a surface of the interface tells errors.
package enum Dialect: Sendable, Equatable {
    /// OpenAI's error object; also for paths that belong to no surface.
    case openAI
    /// Anthropic's (`/v1/messages` and below).
    case anthropic
    /// The envelope of `/admin`, `/user` and `/bot`.
    case management

    package init(path: String) {
        let segments = path.split(separator: "/", maxSplits: 2)
        switch segments.first {
        case "admin", "user", "bot": self = .management
        case "v1" where segments.dropFirst().first == "messages": self = .anthropic
        default: self = .openAI
        }
    }
}
