internal import Core

/// The shape in which a surface of the interface tells errors.
package enum Dialect: Sendable, Equatable {
    /// OpenAI's error object; also for paths that belong to no surface.
    case openAI
    /// Anthropic's (`/v1/messages` and below).
    case anthropic
    /// The envelope of `/admin`, `/user` and `/bot`.
    case management

    /// By the first two segments that are not empty.
    package init(path: String) {
        var rest = path.utf8[...]
        switch Self.segment(&rest) {
        case "admin", "user", "bot": self = .management
        case "v1" where Self.segment(&rest) == "messages": self = .anthropic
        default: self = .openAI
        }
    }

    /// Over bytes, because it is asked for each answer.
    private static func segment(_ rest: inout Substring.UTF8View) -> Substring {
        let segment = rest.drop { $0 == UInt8(ascii: "/") }.prefix { $0 != UInt8(ascii: "/") }
        rest = rest[segment.endIndex...]
        return Substring(segment)
    }
}
