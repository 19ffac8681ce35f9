internal import CLinux
internal import Core
internal import EventLoop

/// Keeps a connection to the database at a path: opens it when first needed, and anew when the file there is another
/// one or the connection failed. So trouble with the file ends for us when it ends. Used by one thread at a time.
final class ConnectionSlot {
    private let path: String
    private let purpose: Connection.Purpose
    private var connection: Connection?
    private var identity: FileIdentity?
    private let recheckInterval: UInt64
    private var lastCheck: UInt64 = 0
    /// Grows when another connection takes the place: what was remembered from the old one may no longer hold.
    private(set) var generation = 0

    /// `recheckInterval`: how long the file at the path is taken to be the one it was.
    init(path: String, for purpose: Connection.Purpose, recheckInterval: Duration = .zero) {
        self.path = path
        self.recheckInterval = recheckInterval.nanosecondsClamped
        self.purpose = purpose
    }

    func use<Value>(_ body: (Connection) throws(Failure) -> Value) throws(Failure) -> Value {
        let connection = try current()
        defer { if connection.isBroken { close() } }
        return try body(connection)
    }

    func close() {
        connection = nil
        identity = nil
    }

    private func current() throws(Failure) -> Connection {
        let now = brook_monotonic_ns()
        if let connection, now - lastCheck < recheckInterval { return connection }
        let standing: FileIdentity
        do { standing = try FileIdentity(path: path) } catch {
            throw .unavailable("the database \(path): \(error)")
        }
        if let connection, let identity, standing.isSameFile(as: identity) {
            lastCheck = now
            return connection
        }
        close()
        let opened = try Connection(path: path, for: purpose)
        let found = try Schema.version(in: opened)
        guard found == Schema.current else {
            throw .unavailable(
                "the database \(path) has schema \(found ?? 0), this program works with \(Schema.current): run "
                    + "'brook migrate' or the program that fits the database")
        }
        connection = opened
        identity = standing
        generation += 1
        return opened
    }
}
