internal import Core

/// How long the newest calls took. The window bounds what is read, however many calls there are.
enum LatencyTable {
    private static let ofAll = SQL(
        "SELECT first_byte_latency, invocation_latency FROM threads ORDER BY id DESC LIMIT \(LatencySummary.window)")
    private static let ofKey = SQL(
        """
        SELECT first_byte_latency, invocation_latency FROM threads WHERE key_id = ? ORDER BY id DESC \
        LIMIT \(LatencySummary.window)
        """)

    static func summary(_ key: KeyID?, on connection: Connection) throws(Failure) -> LatencySummary {
        let calls =
            if let key {
                try connection.all(ofKey, key, decode: Call.init)
            } else {
                try connection.all(ofAll, decode: Call.init)
            }
        let answered = calls.filter { $0.firstByte != nil }
        return LatencySummary(
            calls: calls.count, firstByte: .init(answered.compactMap(\.firstByte)),
            invocation: .init(answered.map(\.invocation)))
    }

    private struct Call {
        let firstByte: Int?
        let invocation: Int

        init(_ row: inout Row) {
            firstByte = row.optionalInt()
            invocation = row.int()
        }
    }
}
