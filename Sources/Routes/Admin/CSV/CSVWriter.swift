/// Rows of CSV (RFC 4180) that a spreadsheet shows and does not execute.
enum CSVWriter {
    static func line(_ cells: [CSVCell]) -> [UInt8] {
        var line: [UInt8] = []
        for (index, cell) in cells.enumerated() {
            if index > 0 { line.append(UInt8(ascii: ",")) }
            switch cell {
            case .empty: break
            case .number(let text): line.append(contentsOf: text.utf8)
            case .text(let text): append(text, to: &line)
            }
        }
        line.append(UInt8(ascii: "\r"))
        line.append(UInt8(ascii: "\n"))
        return line
    }

    private static func append(_ text: String, to line: inout [UInt8]) {
        line.append(UInt8(ascii: "\""))
        if isFormula(text) { line.append(UInt8(ascii: "'")) }
        for byte in text.utf8 {
            if byte == UInt8(ascii: "\"") { line.append(byte) }
            line.append(byte)
        }
        line.append(UInt8(ascii: "\""))
    }

    /// Whether a spreadsheet would take the text for a formula, or drop its first character and then do so
    /// (https://owasp.org/www-community/attacks/CSV_Injection). The full-width signs are taken for the plain ones in
    /// Japanese and Chinese settings.
    private static func isFormula(_ text: String) -> Bool {
        switch text.unicodeScalars.first {
        case "=", "+", "-", "@", "\t", "\r", "\n", "\u{FF1D}", "\u{FF0B}", "\u{FF0D}", "\u{FF20}": true
        default: false
        }
    }
}

/// One cell of a row.
enum CSVCell {
    case empty
    /// Digits of our own making.
    case number(String)
    case text(String)

    static func number(_ value: Int) -> CSVCell { .number(String(value)) }
    static func number(_ value: Int64) -> CSVCell { .number(String(value)) }
}
