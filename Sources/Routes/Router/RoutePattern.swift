/// The paths that a route answers: fixed segments, `{name}` for one segment, and `{name...}` at the end for all the rest,
/// which a model's name needs because it may contain `/`.
package struct RoutePattern: Sendable, Equatable, CustomStringConvertible {
    private enum Segment: Sendable, Equatable {
        case fixed(String)
        case one
        case rest
    }

    package let description: String
    private let segments: [Segment]

    package init(_ text: String) {
        description = text
        segments = Self.split(text).map { part in
            guard part.hasPrefix("{"), part.hasSuffix("}") else { return .fixed(String(part)) }
            return part.hasSuffix("...}") ? .rest : .one
        }
    }

    /// Whether the pattern stands for exactly one path.
    var isFixed: Bool {
        segments.allSatisfy { if case .fixed = $0 { true } else { false } }
    }

    /// The values of the placeholders in their order, or nil when the path is another's. A placeholder is never empty.
    func match(_ path: String) -> [String]? {
        let parts = Self.split(path)
        var values: [String] = []
        for (index, segment) in segments.enumerated() {
            guard index < parts.count else { return nil }
            switch segment {
            case .fixed(let text):
                guard parts[index] == text else { return nil }
            case .one:
                guard !parts[index].isEmpty else { return nil }
                values.append(String(parts[index]))
            case .rest:
                let rest = parts[index...].joined(separator: "/")
                guard !rest.isEmpty else { return nil }
                values.append(rest)
                return values
            }
        }
        return parts.count == segments.count ? values : nil
    }

    private static func split(_ path: String) -> [Substring] {
        path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
    }
}
