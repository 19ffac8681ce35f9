/// Words, braces and semicolons of an nginx configuration file
/// (https://nginx.org/en/docs/beginners_guide.html#conf_structure).
struct NginxSyntax {
    enum Token: Equatable {
        case word(String)
        case open
        case close
        case end
    }

    private let bytes: [UInt8]
    private var position = 0

    init(_ text: String) { bytes = Array(text.utf8) }

    /// Nil at the end of the text. An unclosed quote ends there too: nginx has refused such a file before.
    mutating func next() -> Token? {
        skipSpace()
        guard position < bytes.count else { return nil }
        switch bytes[position] {
        case UInt8(ascii: "{"): return punctuation(.open)
        case UInt8(ascii: "}"): return punctuation(.close)
        case UInt8(ascii: ";"): return punctuation(.end)
        case UInt8(ascii: "\""), UInt8(ascii: "'"): return quoted(bytes[position])
        default: return plain()
        }
    }

    private mutating func punctuation(_ token: Token) -> Token {
        position += 1
        return token
    }

    private mutating func skipSpace() {
        while position < bytes.count {
            if bytes[position] == UInt8(ascii: "#") {
                while position < bytes.count, bytes[position] != UInt8(ascii: "\n") { position += 1 }
            } else if Self.isSpace(bytes[position]) {
                position += 1
            } else {
                return
            }
        }
    }

    private mutating func quoted(_ quote: UInt8) -> Token {
        position += 1
        var word: [UInt8] = []
        while position < bytes.count, bytes[position] != quote {
            if bytes[position] == UInt8(ascii: "\\"), position + 1 < bytes.count { position += 1 }
            word.append(bytes[position])
            position += 1
        }
        position += 1
        return .word(String(decoding: word, as: UTF8.self))
    }

    /// `${name}` is part of a word; any other brace ends it.
    private mutating func plain() -> Token {
        var word: [UInt8] = []
        while position < bytes.count, !ends(bytes[position], after: word.last) {
            if bytes[position] == UInt8(ascii: "\\"), position + 1 < bytes.count {
                word.append(bytes[position])
                position += 1
            } else if bytes[position] == UInt8(ascii: "{") {
                while position < bytes.count, bytes[position] != UInt8(ascii: "}") {
                    word.append(bytes[position])
                    position += 1
                }
                guard position < bytes.count else { break }
            }
            word.append(bytes[position])
            position += 1
        }
        return .word(String(decoding: word, as: UTF8.self))
    }

    private func ends(_ byte: UInt8, after last: UInt8?) -> Bool {
        switch byte {
        case UInt8(ascii: ";"), UInt8(ascii: "}"): true
        case UInt8(ascii: "{"): last != UInt8(ascii: "$")
        default: Self.isSpace(byte)
        }
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0d).contains(byte) }
}
