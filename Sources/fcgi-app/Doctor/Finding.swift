/// What an examination found out about one thing.
struct Finding {
    enum Verdict: String {
        case good = "ok"
        case warning = "warn"
        case failure = "FAIL"
    }

    let verdict: Verdict
    let subject: String
    /// With the remedy, where one is needed.
    let text: String

    init(_ verdict: Verdict, _ subject: String, _ text: String) {
        self.verdict = verdict
        self.subject = subject
        self.text = text
    }

    var line: String {
        let gap = String(repeating: " ", count: max(1, 5 - verdict.rawValue.count))
        return verdict.rawValue + gap + subject + ": " + text
    }
}
