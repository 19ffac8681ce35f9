internal import Core

/// A file of keys to make: `name,email[,group][,month_quota]`, a key a line.
///
/// A first line that begins with `name` names the columns and may put them in another order.
enum KeyImport {
    static let mostKeys = 1000
    private static let columns = ["name", "email", "group", "month_quota"]
    /// How many faults one answer lists.
    private static let mostFaults = 20

    struct Line: Sendable {
        let number: Int
        let cells: [String: String]

        var group: String? { cells["group"].flatMap { $0.isEmpty ? nil : $0 } }
    }

    /// A key to make, with its text.
    struct Order: Sendable {
        let secret: APIKey
        let key: NewKey
    }

    static func lines(of text: String) throws(GatewayError) -> [Line] {
        let rows: [CSVReader.Row]
        do throws(CSVReader.Problem) {
            // One more for the line that names the columns.
            rows = try CSVReader.rows(of: text, limit: mostKeys + 1)
        } catch {
            switch error {
            case .unclosedQuote(let line): throw fault("Line \(line): a quote is not closed.")
            case .textAfterQuote(let line): throw fault("Line \(line): there is text after a quoted cell.")
            case .tooManyRows: throw fault("The file has more than \(mostKeys) keys. Split it.")
            }
        }
        guard let first = rows.first else { throw fault("The file has no lines.") }
        let header = first.cells.map { $0.trimmingSpace().lowercased() }
        let hasHeader = header.first == columns[0] || Set(header).isSuperset(of: columns.prefix(2))
        if hasHeader, let unknown = header.first(where: { !columns.contains($0) }) {
            throw fault(
                "Line \(first.line): unknown column '\(unknown.prefix(100))'. Known: \(columns.joined(separator: ", "))."
            )
        }
        if hasHeader, Set(header).count < header.count { throw fault("Line \(first.line): a column is named twice.") }
        let names = hasHeader ? header : columns
        let body = hasHeader ? rows[1...] : rows[...]
        guard !body.isEmpty else { throw fault("The file has no keys.") }
        guard body.count <= mostKeys else { throw fault("The file has more than \(mostKeys) keys. Split it.") }
        return try read(body, names)
    }

    private static func read(_ rows: ArraySlice<CSVReader.Row>, _ names: [String]) throws(GatewayError) -> [Line] {
        var lines: [Line] = []
        for row in rows {
            guard row.cells.count <= names.count else {
                throw fault("Line \(row.line): has \(row.cells.count) cells, not at most \(names.count).")
            }
            let cells = row.cells.map { $0.trimmingSpace() }
            lines.append(
                Line(number: row.line, cells: Dictionary(zip(names, cells), uniquingKeysWith: { first, _ in first })))
        }
        return lines
    }

    /// The keys of the lines. Throws one error for all that is wrong in them.
    static func orders(_ lines: [Line], groups: [String: GroupID]) throws(GatewayError) -> [Order] {
        var orders: [Order] = []
        var faults: [String] = []
        for line in lines {
            do throws(GatewayError) {
                orders.append(try order(line, groups))
            } catch {
                faults.append("Line \(line.number): \(error.message)")
            }
        }
        guard !faults.isEmpty else { return orders }
        let more = faults.count > mostFaults ? " And \(faults.count - mostFaults) more." : ""
        throw fault(faults.prefix(mostFaults).joined(separator: " ") + more)
    }

    private static func order(_ line: Line, _ groups: [String: GroupID]) throws(GatewayError) -> Order {
        var object: JSONObject = [
            "name": .string(line.cells["name"] ?? ""), "email": .string(line.cells["email"] ?? ""),
        ]
        if let quota = line.cells["month_quota"], !quota.isEmpty {
            object["month_quota"] = .number(JSONNumber(unchecked: quota))
        }
        let fields = try RequestFields(object, known: columns)
        let secret = APIKey.generate()
        var key = NewKey(
            hash: secret.hash, maskedKey: secret.masked, name: try fields.name("name"),
            monthQuota: try fields.optional("month_quota", fields.amount) ?? .zero)
        key.email = try fields.email("email")
        if let name = line.group {
            guard let group = groups[name] else {
                throw .invalid("there is no group '\(name.prefix(100))'.", param: "group")
            }
            key.groupID = group
        }
        return Order(secret: secret, key: key)
    }

    private static func fault(_ text: String) -> GatewayError {
        .invalid("\(text) No key was made.", param: "csv", code: "invalid_import")
    }
}
