internal import Core

/// What the index holds of a thread: tokens with spaces between them.
///
/// SQLite's tokenizer `unicode61` makes one token of a whole sentence that has no spaces, and `trigram` finds no word of
/// two characters, as most Chinese ones are. So of each run of such characters every pair of neighbours is a token, and
/// the last character, so that every character begins one. Words stay as they are; the tokenizer folds case and
/// diacritics.
enum SearchDocument {
    /// Grows whenever the text for the same thread becomes another: taking a row out of the index repeats its text.
    static let format = 1
    /// Bytes of prompt and of completion that are indexed.
    static let longestText = 32 * 1024

    /// Begins tokens that no text can have, since segments leave characters of private use out.
    private static let reserved = "\u{E000}"
    private static let longestModel = 256

    static func text(
        prompt: String, completion: String, key: KeyID, session: SessionID?, model: String
    ) -> String {
        var tokens = [token(key), token(model: model)]
        if let session { tokens.append(token(session)) }
        var text = Array(tokens.joined(separator: " ").utf8)
        text.reserveCapacity(min(prompt.utf8.count + completion.utf8.count, 2 * longestText) + text.count)
        append(prompt, to: &text)
        // Keeps the end of one from being found as neighbour of the beginning of the other.
        text.append(contentsOf: " \(reserved)".utf8)
        append(completion, to: &text)
        return String(decoding: text, as: UTF8.self)
    }

    static func token(_ key: KeyID) -> String { "\(reserved)k\(key)" }
    static func token(_ session: SessionID) -> String { "\(reserved)s\(session)" }

    /// Any name, in hexadecimal digits.
    static func token(model: String) -> String {
        reserved + "m" + Hexadecimal.text(Array(model.utf8.prefix(longestModel)))
    }

    private static func append(_ source: String, to text: inout [UInt8]) {
        // A character that the limit cuts in two becomes U+FFFD, which is no letter.
        let beginning =
            source.utf8.count > longestText ? String(decoding: source.utf8.prefix(longestText), as: UTF8.self) : source
        TextSegments.each(of: beginning.unicodeScalars) { segment in
            switch segment {
            case .word(let word):
                text.append(UInt8(ascii: " "))
                text.append(contentsOf: word.utf8)
            case .run(let run): append(run, to: &text)
            case .space: break
            }
        }
    }

    private static func append(_ run: [Unicode.Scalar], to text: inout [UInt8]) {
        for index in run.indices {
            text.append(UInt8(ascii: " "))
            for scalar in run[index..<min(index + 2, run.count)] {
                if let bytes = UTF8.encode(scalar) { text.append(contentsOf: bytes) }
            }
        }
    }
}
