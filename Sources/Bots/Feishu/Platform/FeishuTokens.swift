internal import Core
internal import EventLoop

/// An app's access token: kept until 5 minutes before its end, and fetched by one task for all that wait.
@LoopActor
final class FeishuTokens {
    struct Fresh: Sendable {
        let text: String
        let validSeconds: Int
    }

    private static let margin = 300

    private let fetch: @LoopActor () async -> Result<Fresh, FeishuError>
    private var known: (text: String, end: UInt64)?
    private var fetching: Task<Result<Fresh, FeishuError>, Never>?

    init(fetch: @escaping @LoopActor () async -> Result<Fresh, FeishuError>) { self.fetch = fetch }

    func token() async throws(FeishuError) -> String {
        if let known, known.end > EventLoop.shared.now { return known.text }
        if let fetching { return try await fetching.value.get().text }
        let fetch = fetch
        let task = LoopActor.start { await fetch() }
        fetching = task
        let result = await task.value
        fetching = nil
        let fresh = try result.get()
        // The platform gives a token of which less than 30 minutes are left anew, so the margin is never all of it.
        let seconds = max(fresh.validSeconds - Self.margin, 1)
        known = (fresh.text, EventLoop.shared.now + UInt64(seconds) * 1_000_000_000)
        return fresh.text
    }

    /// The platform has refused it. One that was fetched since stays.
    func forget(_ text: String) {
        if known?.text == text { known = nil }
    }
}
