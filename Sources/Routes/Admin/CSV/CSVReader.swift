import Core

/// Reads CSV as RFC 4180 and spreadsheets write it: commas, cells in double quotes, any line ends, a byte order mark.
enum CSVReader {
    struct Row: Sendable, Equatable {
        /// Where the row begins, counted from 1.
        let line: Int
        let cells: [String]
    }

    enum Problem: Error, Equatable {
        case unclosedQuote(line: Int)
        case textAfterQuote(line: Int)
        case tooManyRows(limit: Int)
    }

    /// The rows of `text`; lines without any text are left out.
    static func rows(of text: String, limit: Int) throws(Problem) -> [Row] {
        var reader = State(limit: limit)
        var scalars = text.unicodeScalars[...]
        if scalars.first == "\u{FEFF}" { scalars = scalars.dropFirst() }
        var isAfterReturn = false
        for scalar in scalars {
            // The second half of a line end that has been dealt with.
            if isAfterReturn, scalar == "\n", !reader.isQuoted {
                isAfterReturn = false
                continue
            }
            isAfterReturn = scalar == "\r"
            try reader.take(scalar)
        }
        return try reader.end()
    }

    private struct State {
        let limit: Int
        private(set) var rows: [Row] = []
        private(set) var isQuoted = false
        private var wasQuoted = false
        /// A quote within a quoted cell: its end, or the first of two that stand for one.
        private var isQuotePending = false
        private var cells: [String] = []
        private var cell = String.UnicodeScalarView()
        private var line = 1
        private var firstLine = 1

        init(limit: Int) { self.limit = limit }

        mutating func take(_ scalar: Unicode.Scalar) throws(Problem) {
            if isQuoted { return takeQuoted(scalar) }
            if isQuotePending {
                isQuotePending = false
                if scalar == "\"" {
                    cell.append(scalar)
                    isQuoted = true
                    return
                }
            }
            switch scalar {
            case ",": endCell()
            case "\r", "\n":
                try endRow()
                line += 1
                firstLine = line
            case "\"" where cell.isEmpty && !wasQuoted:
                isQuoted = true
                wasQuoted = true
            default:
                guard !wasQuoted else { throw .textAfterQuote(line: line) }
                cell.append(scalar)
            }
        }

        private mutating func takeQuoted(_ scalar: Unicode.Scalar) {
            if scalar == "\"" {
                isQuoted = false
                isQuotePending = true
                return
            }
            if scalar == "\n" { line += 1 }
            cell.append(scalar)
        }

        private mutating func endCell() {
            cells.append(String(cell))
            cell = String.UnicodeScalarView()
            wasQuoted = false
        }

        private mutating func endRow() throws(Problem) {
            endCell()
            defer { cells = [] }
            guard cells.contains(where: { !$0.trimmingSpace().isEmpty }) else { return }
            guard rows.count < limit else { throw .tooManyRows(limit: limit) }
            rows.append(Row(line: firstLine, cells: cells))
        }

        mutating func end() throws(Problem) -> [Row] {
            guard !isQuoted else { throw .unclosedQuote(line: firstLine) }
            try endRow()
            return rows
        }
    }
}
