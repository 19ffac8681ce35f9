/// Markdown as models write it, as a card takes it.
///
/// Cards know tables, headings and code blocks, but no images by address (the card would be refused), no more than a few
/// tables, and have tags of their own, such as `<at id=all>`, with which an answer could call everybody of a group.
enum CardMarkdown {
    /// The platform refuses cards with more tables; the rest are shown as text.
    private static let mostTables = 4

    private enum Block {
        case text, code
    }

    static func render(_ text: String) -> String {
        var lines: [String] = []
        var block = Block.text
        var tables = 0
        var isTable = false
        var isShownAsText = false
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            let start = line.drop { $0 == " " }
            let isRow = block == .text && start.hasPrefix("|")
            if isRow != isTable {
                isTable = isRow
                if isRow { tables += 1 }
                if isRow ? tables > mostTables : isShownAsText {
                    lines.append("```")
                    isShownAsText = isRow
                }
            }
            if start.hasPrefix("```") {
                block = block == .text ? .code : .text
                lines.append(String(line))
            } else {
                lines.append(block == .code || isShownAsText ? String(line) : inline(line))
            }
        }
        if isShownAsText || block == .code { lines.append("```") }
        return lines.joined(separator: "\n")
    }

    /// Outside of `code`, tags lose their effect and images become links.
    private static func inline(_ line: Substring) -> String {
        var result = ""
        var isCode = false
        var rest = line
        while let character = rest.first {
            rest = rest.dropFirst()
            switch character {
            case "`":
                isCode.toggle()
                result.append(character)
            case "<" where !isCode && isTag(rest): result += "&#60;"
            case "!" where !isCode && rest.first == "[" && rest.contains("]("): break
            default: result.append(character)
            }
        }
        return result
    }

    private static func isTag(_ rest: Substring) -> Bool {
        guard let next = rest.first, next.isLetter || next == "/" else { return false }
        return !rest.lowercased().hasPrefix("br>") && !rest.lowercased().hasPrefix("br/>")
    }
}
