internal import Core

/// A filtered, ordered part of a table with the length of the whole. Only the values of filters come from outside; every
/// name in the text is ours.
struct ListQuery: Sendable {
    let columns: String
    let source: String
    /// `order_by` names and what they mean in SQL; the keys are ``OrderColumns``'s set for the list.
    let orders: [String: String]
    /// A column that is unique and grows: newest first, and what decides among equals.
    let serial: String

    private var conditions: [String] = []
    private var arguments: [any SQLBindable & Sendable]

    /// - Parameter arguments: of placeholders in `source`.
    init(
        columns: String, source: String, orders: [String: String], serial: String,
        arguments: [any SQLBindable & Sendable] = []
    ) {
        self.columns = columns
        self.source = source
        self.orders = orders
        self.serial = serial
        self.arguments = arguments
    }

    mutating func match(_ condition: String, _ value: (any SQLBindable & Sendable)?) {
        guard let value else { return }
        conditions.append(condition)
        arguments.append(value)
    }

    /// Any of the columns contains `text`, without regard to the case of ASCII letters.
    mutating func match(text: String?, in columns: [String]) {
        guard let text, !text.isEmpty else { return }
        let pattern = "%" + Self.escaped(text) + "%"
        conditions.append("(" + columns.map { $0 + " LIKE ? ESCAPE '\\'" }.joined(separator: " OR ") + ")")
        for _ in columns { arguments.append(pattern) }
    }

    /// Makes the wildcards of LIKE stand for themselves.
    static func escaped(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            if scalar == "%" || scalar == "_" || scalar == "\\" { escaped.unicodeScalars.append("\\") }
            escaped.unicodeScalars.append(scalar)
        }
        return escaped
    }

    /// Rows that are counted when not all are wanted; with more than these the total is said to be capped.
    static let countLimit = 10_000

    func run<Item: Sendable>(
        on connection: Connection, _ page: PageRequest, decode: (inout Row) -> Item
    ) throws(Failure) -> Page<Item> {
        let total = try count(on: connection)
        return Page(
            items: try part(page, on: connection, decode: decode),
            total: min(total, conditions.isEmpty ? total : Self.countLimit),
            isTotalCapped: !conditions.isEmpty && total > Self.countLimit)
    }

    /// Without conditions the length of the table, which SQLite reads from its smallest index; else at most
    /// ``countLimit`` and one more.
    private func count(on connection: Connection) throws(Failure) -> Int {
        let text =
            conditions.isEmpty
            ? "SELECT COUNT(*) FROM \(source)"
            : "SELECT COUNT(*) FROM (SELECT 1 FROM \(source)\(filter) LIMIT \(Self.countLimit + 1))"
        return try connection.all(text: text, arguments) { $0.int() }.first ?? 0
    }

    /// The rows of the page, without the length of the whole.
    func part<Item: Sendable>(
        _ page: PageRequest, on connection: Connection, decode: (inout Row) -> Item
    ) throws(Failure) -> [Item] {
        try connection.all(
            text: "SELECT \(columns) FROM \(source)\(filter) ORDER BY \(order(page)) LIMIT ? OFFSET ?",
            arguments + [min(max(page.limit, 1), 1000), max(page.offset, 0)], decode: decode)
    }

    /// The newest rows: at most `count`, and no more once they weigh `bytes`, but always one if there is any.
    func newest<Item: Sendable>(
        _ count: Int, bytes: Int, on connection: Connection, decode: (inout Row) -> Item, weight: (Item) -> Int
    ) throws(Failure) -> [Item] {
        var items: [Item] = []
        var sum = 0
        try connection.forEach(
            text: "SELECT \(columns) FROM \(source)\(filter) ORDER BY \(serial) DESC LIMIT ?", arguments + [count]
        ) { row in
            let item = decode(&row)
            items.append(item)
            sum += weight(item)
            return sum < bytes
        }
        return items
    }

    /// Every row that the conditions leave, the highest serial first.
    func all<Item: Sendable>(on connection: Connection, decode: (inout Row) -> Item) throws(Failure) -> [Item] {
        try connection.all(
            text: "SELECT \(columns) FROM \(source)\(filter) ORDER BY \(serial) DESC", arguments, decode: decode)
    }

    private var filter: String { conditions.isEmpty ? "" : " WHERE " + conditions.joined(separator: " AND ") }

    private func order(_ page: PageRequest) -> String {
        guard let name = page.orderBy, let expression = orders[name] else { return "\(serial) DESC" }
        let direction = page.isDescending ? "DESC" : "ASC"
        return expression == serial ? "\(serial) \(direction)" : "\(expression) \(direction), \(serial) \(direction)"
    }
}
