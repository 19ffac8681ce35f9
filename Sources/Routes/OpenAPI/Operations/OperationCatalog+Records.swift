internal import Core

extension OperationCatalog {
    static let records: Area = [
        "GET /admin/session/list": .read(
            "Sessions", [.rowID("key_id")] + sessionFilters, .list(of: "Session")),
        "GET /admin/session/detail/{id}": .read("A session", [.id], .named("Session"), errors: [404]),
        "GET /admin/thread/list": .read(
            "Threads", [searched, .rowID("key_id")] + threadFilters + threadPage, .list(of: "Thread")),
        "GET /admin/thread/detail/{id}": .read("A thread", [.id], .named("AdminThreadDetail"), errors: [404]),
        "GET /admin/thread/export": Operation(
            summary: "All threads that the filters find, as CSV",
            parameters: [.text("q", "A part of the prompt or answer."), .rowID("key_id")] + threadFilters,
            success: .bodies([Operation.Content("text/csv", .text)])),
    ]

    static let statistics: Area = [
        "GET /admin/statistics/total": .read("The whole site in numbers", [], .named("SiteTotals")),
        "GET /admin/statistics/usage": .read(
            "Calls, tokens and fees by day, model or key",
            [.rowID("key_id")] + usageFilters(UsageGrouping.allCases), .list(of: "Usage")),
        "GET /admin/statistics/latency": .read(
            "How long the newest calls took", [.rowID("key_id")], .named("LatencySummary")),
    ]

    static let audit: Area = [
        "GET /admin/audit/list": .read(
            "Who changed what and when",
            [
                .text("q", "A part of any column."), .text("action"), .text("subject"), .rowID("operator_id"), .from,
                .to,
            ] + Parameter.page(orderedBy: AuditRecord.sortable), .list(of: "AuditEntry"))
    ]

    static let user: Area = [
        "GET /user/session/list": .read("The key's sessions", sessionFilters, .list(of: "Session")),
        "GET /user/session/detail": .read(
            "A session of the key", [.required("id", .id)], .named("Session"), errors: [404]),
        "GET /user/session/detail/{id}": .read("A session of the key", [.id], .named("Session"), errors: [404]),
        "GET /user/thread/list": .read(
            "The key's threads", [searched] + threadFilters + threadPage, .list(of: "Thread")),
        "GET /user/thread/detail": .read(
            "A thread of the key", [.required("id", .id)], .named("ThreadDetail"), errors: [404]),
        "GET /user/thread/detail/{id}": .read("A thread of the key", [.id], .named("ThreadDetail"), errors: [404]),
        "GET /user/api-key/mine": .read("The key itself", [], .named("KeyDetail")),
        "GET /user/model/list": .read("The models that the key may use", Parameter.part, .list(of: "UsableModel")),
        "GET /user/statistics/usage": .read(
            "The key's calls, tokens and fees by day or model", usageFilters([.day, .model]), .list(of: "Usage")),
        "GET /user/statistics/latency": .read("How long the key's newest calls took", [], .named("LatencySummary")),
    ]

    private static let sessionFilters =
        [Parameter.text("q", "A part of the title.")] + Parameter.page(orderedBy: SessionRecord.sortable)
    private static let searched = Parameter.text("q", "Words of the prompt or answer; at most 16.")
    private static let threadFilters = [Parameter.rowID("session_id"), .text("model"), .from, .to]
    private static let threadPage = Parameter.page(orderedBy: ThreadRecord.sortable)

    /// Which grouping column can be ordered by depends on `group_by`.
    private static func usageFilters(_ groupings: [UsageGrouping]) -> [Parameter] {
        let columns = groupings.map { $0 == .key ? "key_name" : $0.rawValue }
        let names = groupings.map(\.rawValue)
        return [
            .query("group_by", Schema.one(of: names).defaulting(to: .string(names[0]))), .text("model"), .from, .to,
        ] + Parameter.page(orderedBy: columns + UsageRecord.sortable)
    }
}
