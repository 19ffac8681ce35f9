internal import Core

/// Cuts an answer into pieces that each fit a card. A piece depends only on the text up to its end, so pieces that are full
/// stay as they are while the answer grows.
enum CardPages {
    /// Bytes of a card that are left for what ``CardMarkdown`` and the card itself add.
    private static let reserve = 3 * 1024
    private static let fence = "```"

    /// At least one piece; code blocks that go over the end of one are closed there and opened again in the next.
    static func split(_ text: String, limit: Int = FeishuCard.largest - reserve) -> [String] {
        var pages: [String] = []
        var rest = Substring(text)
        var opening = ""
        while true {
            let head = opening.isEmpty ? "" : opening + "\n"
            let end = end(of: rest, within: limit - head.utf8.count)
            var page = head + rest[..<end]
            rest = rest[end...]
            guard !rest.isEmpty else {
                pages.append(page)
                return pages
            }
            opening = openFence(of: page)
            if !opening.isEmpty { page += page.hasSuffix("\n") ? fence : "\n" + fence }
            pages.append(page)
            if rest.first == "\n" { rest = rest.dropFirst() }
        }
    }

    /// The end of the longest beginning that costs at most `limit`: after a line if one ends in its last quarter.
    private static func end(of text: Substring, within limit: Int) -> Substring.Index {
        var cost = 0
        var line: Substring.Index?
        var index = text.startIndex
        while index < text.endIndex {
            let character = text[index]
            let next = character.unicodeScalars.reduce(0) { $0 + Self.cost(of: $1) }
            if cost + next > limit, index > text.startIndex { return line ?? index }
            cost += next
            index = text.index(after: index)
            if character == "\n", cost > limit / 4 * 3 { line = index }
        }
        return text.endIndex
    }

    /// Bytes in the card's JSON: what has to be escaped there, or in Markdown, counts as it will stand.
    private static func cost(of scalar: Unicode.Scalar) -> Int {
        switch scalar {
        case "\"", "\\", "\n", "\r", "\t": 2
        case "<": 5
        case "\u{0}"..."\u{1f}", "\u{85}", "\u{2028}", "\u{2029}": 6
        default: UTF8.width(scalar)
        }
    }

    /// The line that opened the code block that is open at the end; empty when none is.
    private static func openFence(of text: String) -> String {
        var opening = ""
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if opening.isEmpty, MarkdownFence.opens(line) {
                opening = String(line.drop { $0 == " " }.prefix(40))
            } else if MarkdownFence.closes(line) {
                opening = ""
            }
        }
        return opening
    }
}
