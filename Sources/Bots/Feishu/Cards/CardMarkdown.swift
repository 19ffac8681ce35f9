/// Markdown as models write it, as a card takes it.
///
/// Cards know tables, headings and code blocks, but no images by address (the card would be refused), no more than a few
/// tables, and have tags of their own, such as `<at id=all>`, with which an answer could call everybody of a group. So such
/// a tag is broken up in code as well: the platform may take other lines for code than are taken for it here.
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
            lines.append(block == .code || isShownAsText || MarkdownFence.opens(line) ? code(line) : inline(line))
            switch block {
            case .text: if MarkdownFence.opens(line) { block = .code }
            case .code: if MarkdownFence.closes(line) { block = .text }
            }
        }
        if isShownAsText || block == .code { lines.append("```") }
        return lines.joined(separator: "\n")
    }

    /// Outside of `code`, tags lose their effect and images become links.
    private static func inline(_ line: Substring) -> String {
        let lastLink = lastLink(in: line)
        var result = ""
        var rest = line
        while let character = rest.first {
            if character == "`" {
                let run = rest.prefix { $0 == "`" }
                let span = codeSpan(rest, run.count)
                result += span.map(code) ?? String(run)
                rest = rest[(span ?? run).endIndex...]
                continue
            }
            rest = rest.dropFirst()
            switch character {
            case "<" where isTag(rest): result += "&#60;"
            case "!" where rest.first == "[" && lastLink.map { rest.startIndex < $0 } ?? false: break
            default: result.append(character)
            }
        }
        return result
    }

    /// Where the last `](` of a line stands. Asked once a line: a model can be made to write ten thousand of `![`.
    private static func lastLink(in line: Substring) -> Substring.Index? {
        var found: Substring.Index?
        var before: Substring.Index?
        for index in line.indices {
            if line[index] == "(", let before, line[before] == "]" { found = before }
            before = index
        }
        return found
    }

    /// From the backticks at the beginning to as many of them that end the code; nil when nothing does in this line.
    private static func codeSpan(_ text: Substring, _ length: Int) -> Substring? {
        var rest = text.dropFirst(length)
        while let start = rest.firstIndex(of: "`") {
            let run = rest[start...].prefix { $0 == "`" }
            if run.count == length { return text[..<run.endIndex] }
            rest = rest[run.endIndex...]
        }
        return nil
    }

    /// Code as it is, but for tags that call people: these get a space of no width.
    private static func code(_ text: Substring) -> String {
        var result = ""
        var rest = text
        while let start = rest.firstIndex(of: "<") {
            let tail = rest[rest.index(after: start)...]
            result += rest[...start]
            let name = tail.drop { $0 == "/" }.prefix(6).lowercased()
            if name.hasPrefix("at") || name.hasPrefix("person") { result += "\u{200B}" }
            rest = tail
        }
        return result + rest
    }

    private static func isTag(_ rest: Substring) -> Bool {
        guard let next = rest.first, next.isLetter || next == "/" else { return false }
        let start = rest.prefix(4).lowercased()
        return !start.hasPrefix("br>") && start != "br/>"
    }
}
