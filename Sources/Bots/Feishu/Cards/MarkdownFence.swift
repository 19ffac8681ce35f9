/// The lines around blocks of code, as CommonMark (4.5) has them: what follows an opening one holds no backtick, and nothing
/// follows a closing one.
enum MarkdownFence {
    static func opens(_ line: Substring) -> Bool {
        guard let rest = afterTicks(line) else { return false }
        return !rest.contains("`")
    }

    static func closes(_ line: Substring) -> Bool {
        guard let rest = afterTicks(line) else { return false }
        return rest.allSatisfy(\.isWhitespace)
    }

    /// Nil when the line does not begin with three backticks.
    private static func afterTicks(_ line: Substring) -> Substring? {
        let start = line.drop { $0 == " " }
        return start.hasPrefix("```") ? start.drop { $0 == "`" } : nil
    }
}
