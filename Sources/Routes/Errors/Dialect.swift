internal import Core

/// The shape in which a surface of the interface tells errors.
package enum Dialect: Sendable, Equatable {
    /// OpenAI's error object; also for paths that belong to no surface.
    case openAI
    /// Anthropic's (`/v1/messages` and below).
    case anthropic
    /// The envelope of `/admin`, `/user` and `/bot`.
    case management

    /// The path itself, or one below it.
    private static func isWithin(_ base: String, _ path: String) -> Bool {
        let (base, path) = (base.utf8, path.utf8)
        guard path.starts(with: base) else { return false }
        return path.count == base.count || path[path.index(path.startIndex, offsetBy: base.count)] == UInt8(ascii: "/")
    }

    package init(path: String) {
        // Of each answer, so over bytes.
        if Self.isWithin("/v1/messages", path) {
            self = .anthropic
        } else if ["/admin", "/user", "/bot"].contains(where: { Self.isWithin($0, path) }) {
            self = .management
        } else {
            self = .openAI
        }
    }
}
