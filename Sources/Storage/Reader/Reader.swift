internal import EventLoop

/// Reads of many rows, one after the other on a thread of their own, so that none of them holds up the loop.
final class Reader: @unchecked Sendable {
    // `slot` is touched only on the pool's one thread.
    private let thread: HelperPool
    private let slot: ConnectionSlot

    /// - Parameter name: its thread's. Thread and connection are made when they are first needed.
    init(path: String, for purpose: Connection.Purpose, name: String) {
        thread = HelperPool(name: name, threads: 1)
        slot = ConnectionSlot(path: path, for: purpose)
    }

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
