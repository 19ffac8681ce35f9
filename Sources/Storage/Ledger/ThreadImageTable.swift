internal import Core

/// How many images calls made, and at which price; only of calls that made some.
enum ThreadImageTable {
    private static let insert = SQL("INSERT INTO thread_images (thread_id, images, price_image) VALUES (?, ?, ?)")
    private static let find = SQL("SELECT images, price_image FROM thread_images WHERE thread_id = ?")

    static func insert(_ call: CallRecord, of thread: ThreadID, on connection: Connection) throws(Failure) {
        guard call.usage.images > 0 else { return }
        try connection.execute(insert, thread, call.usage.images, call.prices.image)
    }

    /// Reads them into the record.
    static func complete(_ record: inout ThreadRecord, on connection: Connection) throws(Failure) {
        let found: (Int, Money?)? = try connection.first(find, record.id) { ($0.int(), $0.optionalMoney()) }
        guard let (images, price) = found else { return }
        record.call.usage.images = images
        record.call.prices.image = price
    }
}
