/// What a database takes on the disk, in bytes.
package struct DatabaseSize: Sendable, Equatable {
    /// The database file, without its log.
    package var total: Int
    /// Of that, pages that hold nothing and will be used again before the file grows.
    package var free: Int
    /// The write-ahead log beside it.
    package var log: Int

    package init(total: Int, free: Int, log: Int) {
        self.total = total
        self.free = free
        self.log = log
    }
}
