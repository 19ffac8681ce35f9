internal import Core

/// Texts of keys that were replaced, and work until their time is over. Kept after that as long as the key is, so that
/// none of them comes back.
enum RetiredKeyTable {
    private static let find = SQL("SELECT key_id FROM retired_keys WHERE hash = ? AND expires_at > ?")
    private static let present = SQL("SELECT 1 FROM retired_keys WHERE hash = ?")
    private static let shorten = SQL("UPDATE retired_keys SET expires_at = ? WHERE key_id = ? AND expires_at > ?")
    private static let insert = SQL(
        "INSERT INTO retired_keys (hash, key_id, expires_at) SELECT hash, id, ? FROM api_keys WHERE id = ?")
    private static let setText = SQL("UPDATE api_keys SET hash = ?, masked_key = ?, updated_at = ? WHERE id = ?")

    static func find(_ hash: KeyHash, at time: Timestamp, on connection: Connection) throws(Failure) -> KeyID? {
        try connection.first(find, hash.bytes, time) { $0.id() }
    }

    /// A text that was some key's must not become another's: its holder would be taken for the other.
    static func demandUnused(_ hash: KeyHash, on connection: Connection) throws(Failure) {
        guard try !connection.exists(present, hash.bytes) else {
            throw .refused(.conflict(field: "api_key", message: "Another key had this text before."))
        }
    }

    /// Replaces the key's text. All older ones end at `overlapEnd` at the latest, or at once.
    static func replace(
        _ id: KeyID, with text: KeyText, overlapEnd: Timestamp?, at time: Timestamp, on connection: Connection
    ) throws(Failure) {
        let end = overlapEnd ?? time
        try connection.execute(shorten, end, id, end)
        try connection.execute(insert, end, id)
        try connection.execute(setText, text.hash.bytes, text.masked, time, id)
    }
}

extension KeyTable {
    /// As ``find(_:month:on:)``, also by a text that was replaced and still works.
    static func find(
        _ target: KeyTarget, month: BillingMonth, at time: Timestamp, on connection: Connection
    ) throws(Failure) -> KeyRecord? {
        if let record = try find(target, month: month, on: connection) { return record }
        guard case .hash(let hash) = target else { return nil }
        return try find(retired: hash, month: month, at: time, on: connection)
    }

    /// The key whose text this was, while the text still works.
    static func find(
        retired hash: KeyHash, month: BillingMonth, at time: Timestamp, on connection: Connection
    ) throws(Failure) -> KeyRecord? {
        guard let id = try RetiredKeyTable.find(hash, at: time, on: connection) else { return nil }
        return try find(.id(id), month: month, on: connection)
    }
}
