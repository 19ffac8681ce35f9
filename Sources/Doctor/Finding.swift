package import Core

/// What an examination found out about one thing.
package struct Finding: Sendable, Equatable {
    package enum Verdict: String, Sendable {
        case good = "ok"
        case warning = "warn"
        case failure = "FAIL"
    }

    package let verdict: Verdict
    package let subject: String
    /// With the remedy, where one is needed.
    package let text: String

    package init(_ verdict: Verdict, _ subject: String, _ text: String) {
        self.verdict = verdict
        self.subject = subject
        self.text = text
    }

    package var line: String {
        let gap = String(repeating: " ", count: max(1, 5 - verdict.rawValue.count))
        return verdict.rawValue + gap + subject + ": " + text
    }

    /// `{"verdict": "ok", "subject": "disk", "text": "…"}`; the verdict is `ok`, `warn` or `fail`.
    package var json: JSONValue {
        let object: JSONObject = [
            "verdict": .string(verdict.rawValue.lowercased()), "subject": .string(subject), "text": .string(text),
        ]
        return .object(object)
    }
}
