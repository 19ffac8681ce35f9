/// The table of settings, written out for people.
package enum SettingsTable {
    /// The rows for README.md, with the head of the table.
    package static var markdown: String {
        let head = """
            | setting | environment | takes | default | changes hold after | meaning |
            |---|---|---|---|---|---|
            """
        let rows = Setting.all.map { setting in
            "| `\(setting.name)` | `\(setting.variable)` | \(setting.kind.summary) | `\(setting.standardText)` "
                + "| \(setting.effect.rawValue) | \(setting.meaning) |"
        }
        return ([head] + rows).joined(separator: "\n")
    }

    /// For `--help`.
    package static var help: String {
        Setting.all.map { setting in
            "\(setting.variable)  (\(setting.kind.summary); default \(setting.standardText))\n    \(setting.meaning)"
        }.joined(separator: "\n")
    }

    /// What holds now, one line a setting: name, value, where from.
    package static func effective(_ settings: Settings) -> String {
        let rows = settings.entries.map { [$0.setting.name, $0.shown, "(\($0.origin.text))"] }
        return aligned(rows)
    }

    /// Columns as wide as their widest cell, two spaces apart.
    package static func aligned(_ rows: [[String]]) -> String {
        var widths: [Int] = []
        for row in rows {
            for (column, cell) in row.enumerated() {
                if column == widths.count { widths.append(0) }
                widths[column] = max(widths[column], cell.count)
            }
        }
        return rows.map { row in
            var line = ""
            for (column, cell) in row.enumerated() {
                line += cell
                if column < row.count - 1 { line += String(repeating: " ", count: widths[column] - cell.count + 2) }
            }
            return line
        }.joined(separator: "\n")
    }
}
