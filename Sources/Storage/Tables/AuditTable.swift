internal import Core

/// Who changed what and when; written in the transaction of the change itself.
enum AuditTable {
    private static let insert = SQL(
        """
        INSERT INTO audit (operator_id, operator_name, action, subject, changes, created_at) VALUES (?, ?, ?, ?, ?, ?)
        """)

    /// - Parameters:
    ///   - action: `key.update`.
    ///   - subject: what was changed, by number, such as `key:12`.
    ///   - changes: the new values of the fields that changed, without secrets.
    static func record(
        _ action: String, _ subject: String, _ changes: JSONObject = [:], by author: Operator, at time: Timestamp,
        on connection: Connection
    ) throws(Failure) {
        try connection.execute(
            insert, author.keyID, author.name, action, subject, JSONValue.object(changes).text, time)
    }
}

extension FieldChange where Value: Equatable {
    /// Writes the new value, and notes it where it differs from the old.
    func apply(
        to value: inout Value, _ name: String, noting changes: inout JSONObject, as json: (Value) -> JSONValue
    ) {
        guard case .set(let new) = self, new != value else { return }
        value = new
        changes[name] = json(new)
    }
}

extension Money? {
    /// `null` for none.
    var json: JSONValue { self?.json ?? .null }
}

extension Timestamp? {
    /// ISO-8601, `null` for none.
    var json: JSONValue { .optional(self?.iso8601) }
}
