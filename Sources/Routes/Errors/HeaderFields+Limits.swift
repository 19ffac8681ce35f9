internal import Core

extension HeaderFields {
    /// OpenAI's `x-ratelimit-` fields, for each limit that the key has.
    mutating func tell(_ windows: LimitWindows) {
        if let window = windows.requests { tell(window, of: "requests") }
        if let window = windows.tokens { tell(window, of: "tokens") }
    }

    private mutating func tell(_ window: LimitWindows.Window, of name: String) {
        append("x-ratelimit-limit-\(name)", String(window.limit))
        append("x-ratelimit-remaining-\(name)", String(window.remaining))
        append("x-ratelimit-reset-\(name)", Self.duration(window.resetSeconds))
    }

    /// As OpenAI writes durations: `0s`, `59s`, `1m1s`.
    private static func duration(_ seconds: Int) -> String {
        seconds < 60 ? "\(seconds)s" : "\(seconds / 60)m\(seconds % 60)s"
    }
}
