internal import Core

/// The attempts of a call as they stand in its row: a JSON array, empty text for none.
enum AttemptList {
    static func text(_ attempts: [AttemptRecord]) -> String {
        attempts.isEmpty ? "" : JSONValue.array(attempts.map(\.json)).text
    }

    /// Whatever else stands there is no attempt.
    static func read(_ text: String) -> [AttemptRecord] {
        guard !text.isEmpty, let value = try? JSONParser.parse(text) else { return [] }
        return (value.array ?? []).compactMap { AttemptRecord($0) }
    }
}
