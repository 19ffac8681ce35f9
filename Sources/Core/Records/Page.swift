/// Which part of a list to give, and in which order.
package struct PageRequest: Sendable, Equatable {
    /// 1-1000.
    package var limit: Int
    package var offset: Int
    /// A column of the list's own set; nil: newest first.
    package var orderBy: String?
    package var isDescending: Bool

    package init(limit: Int = 20, offset: Int = 0, orderBy: String? = nil, isDescending: Bool = false) {
        self.limit = limit
        self.offset = offset
        self.orderBy = orderBy
        self.isDescending = isDescending
    }
}

/// Part of a list, and the length of the whole.
package struct Page<Item: Sendable>: Sendable {
    package let items: [Item]
    package let total: Int
    /// There are more than `total`, which nobody counted.
    package let isTotalCapped: Bool

    package init(items: [Item], total: Int, isTotalCapped: Bool = false) {
        self.items = items
        self.total = total
        self.isTotalCapped = isTotalCapped
    }
}
