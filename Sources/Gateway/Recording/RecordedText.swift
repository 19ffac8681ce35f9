/// Keeps texts that are stored within bounds.
enum RecordedText {
    /// The text, or as much of it as fits into `limit` bytes of UTF-8 followed by a mark that says so.
    static func cut(_ text: String, to limit: Int) -> String {
        text.utf8.count <= limit ? text : prefix(of: text, bytes: limit) + mark(limit)
    }

    static func mark(_ limit: Int) -> String { "\n[cut at \(limit) bytes]" }

    /// As many whole Unicode scalars as fit into `bytes`.
    static func prefix(of text: String, bytes: Int) -> String {
        let utf8 = text.utf8
        guard utf8.count > bytes else { return text }
        var end = utf8.index(utf8.startIndex, offsetBy: max(0, bytes))
        while end > utf8.startIndex, end.samePosition(in: text.unicodeScalars) == nil {
            utf8.formIndex(before: &end)
        }
        return String(text[..<end])
    }
}
