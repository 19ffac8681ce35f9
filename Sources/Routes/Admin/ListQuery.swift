internal import Core

/// The query of a list: which part, in which order, and its filters. An empty value counts as absent, as in the
/// reference's URLs; names that the list does not know are ignored, since links carry such.
struct ListQuery {
    /// SQLite refuses patterns of 50,000 bytes; nobody types a thousand.
    private static let longestText = 1000

    private let request: HTTPRequest

    init(_ request: HTTPRequest) {
        self.request = request
    }

    /// - Parameter columns: what the list can be ordered by.
    func page(orderedBy columns: [String] = []) throws(GatewayError) -> PageRequest {
        var page = PageRequest()
        if let limit = try number("limit", in: 1...1000) { page.limit = limit }
        if let offset = try number("offset", in: 0...1_000_000_000_000) { page.offset = offset }
        guard let order = try text("order_by") else { return page }
        guard !columns.isEmpty else {
            throw .invalid("'order_by' is not for this list, which has one order.", param: "order_by")
        }
        page.isDescending = order.hasPrefix("-")
        let column = page.isDescending ? String(order.dropFirst()) : order
        guard columns.contains(column) else {
            throw .invalid(
                "'order_by' must be one of \(columns.joined(separator: ", ")), with '-' in front for descending.",
                param: "order_by")
        }
        page.orderBy = column
        return page
    }

    /// Nil when absent.
    func text(_ name: String) throws(GatewayError) -> String? {
        guard let text = request.query(name) else { return nil }
        guard text.utf8.count <= Self.longestText else {
            throw .invalid("'\(name)' must have at most \(Self.longestText) bytes.", param: name)
        }
        // Where a text ends for SQLite's LIKE: what follows would be left out of the search.
        guard !text.utf8.contains(0) else { throw .invalid("'\(name)' must not contain NUL.", param: name) }
        return text
    }

    /// Nil when absent.
    func id<ID: RowID>(_ name: String) throws(GatewayError) -> ID? {
        guard let text = try text(name) else { return nil }
        return try Self.id(text, name)
    }

    func requiredID<ID: RowID>(_ name: String) throws(GatewayError) -> ID {
        guard let id: ID = try id(name) else {
            throw .invalid("'\(name)' is required.", param: name, code: "missing_field")
        }
        return id
    }

    func role(_ name: String) throws(GatewayError) -> KeyRecord.Role? {
        guard let text = try text(name) else { return nil }
        guard let role = KeyRecord.Role(rawValue: text) else {
            throw .invalid("'\(name)' must be admin or user.", param: name)
        }
        return role
    }

    func time(_ name: String) throws(GatewayError) -> Timestamp? {
        guard let text = try text(name) else { return nil }
        guard let time = Timestamp(iso8601: text) else {
            throw .invalid("'\(name)' must be an ISO-8601 time such as 2026-12-31T23:59:59Z.", param: name)
        }
        return time
    }

    /// A row's number in a query or path.
    static func id<ID: RowID>(_ text: String, _ name: String) throws(GatewayError) -> ID {
        guard let number = Int64(text), number > 0 else {
            throw .invalid("'\(name)' must be a whole number above 0.", param: name)
        }
        return ID(rawValue: number)
    }

    private func number(_ name: String, in range: ClosedRange<Int>) throws(GatewayError) -> Int? {
        guard let text = try text(name) else { return nil }
        guard let number = Int(text), range.contains(number) else {
            throw .invalid(
                "'\(name)' must be a whole number from \(range.lowerBound) to \(range.upperBound).", param: name)
        }
        return number
    }
}

extension KeyedCall {
    var query: ListQuery { ListQuery(request) }

    /// The number at the end of the path.
    func pathID<ID: RowID>() throws(GatewayError) -> ID {
        try ListQuery.id(parameters.first ?? "", "id")
    }
}
