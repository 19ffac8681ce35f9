internal import EventLoop

/// Lists and searches, one after the other on a thread of their own, so that none of them holds up the loop.
final class Reader: @unchecked Sendable {
    // `slot` is touched only on the pool's one thread.
    private let thread = HelperPool(name: "brook-reader", threads: 1)
    private let slot: ConnectionSlot

    init(path: String) { slot = ConnectionSlot(path: path, for: .scan) }

    /// Runs `body` in one read transaction: all its questions are answered from the same state.
    func perform<Value: Sendable>(
        _ body: @escaping @Sendable (Connection) throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        try await thread.run { () throws(Failure) in
            try self.slot.use { connection throws(Failure) in
                try connection.transaction(.read) { () throws(Failure) in try body(connection) }
            }
        }
    }

    func close() async {
        await thread.run { self.slot.close() }
    }
}
