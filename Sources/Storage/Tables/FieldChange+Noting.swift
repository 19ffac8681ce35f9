internal import Core

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
