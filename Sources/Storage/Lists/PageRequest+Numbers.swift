internal import Core

/// Orders of a list that are those of its rows' numbers.
enum NumberDirection {
    case newestFirst, oldestFirst
}

extension PageRequest {
    /// Nil when the list is ordered by something else than `serial`.
    func numberDirection(in orders: [String: String], serial: String) -> NumberDirection? {
        guard let orderBy else { return .newestFirst }
        guard orders[orderBy] == serial else { return nil }
        return isDescending ? .newestFirst : .oldestFirst
    }

    /// The rows of the page among all, which are in its order.
    func part<Item>(of all: some Collection<Item>) -> [Item] {
        Array(all.dropFirst(max(offset, 0)).prefix(min(max(limit, 1), 1000)))
    }
}
