import Core
import EventLoop
import TestSupport
import Testing

@testable import Routes

@Suite("The audit", .timeLimit(.minutes(1)))
struct AuditTests {
    private static let webhook =
        #"{"name": "hook", "config": {"appId": "cli_1", "appSecret": "shh-very-secret-1", "apiKey": "br-bot-key-0123456789", "modelId": "m"}}"#

    /// Every operation that changes something, in an order in which each can be done, with what it is called.
    static let changes: [(path: String, body: String, action: String, subject: String)] = [
        ("/admin/api-key/apply", #"{"name": "jack"}"#, "key.create", "key:2"),
        ("/admin/api-key/update", #"{"id": 2, "month_quota": 5}"#, "key.update", "key:2"),
        ("/admin/api-key/recharge", #"{"id": 2, "balance": 1}"#, "key.recharge", "key:2"),
        ("/admin/api-key/reset-key", #"{"id": 2}"#, "key.reset", "key:2"),
        ("/admin/api-key/import", #"{"csv": "Ada,"}"#, "key.create", "key:3"),
        ("/admin/model/save", #"{"name": "m", "provider": "echo"}"#, "model.create", "model:1"),
        ("/admin/model/save", #"{"id": 1, "price_in": 2}"#, "model.update", "model:1"),
        ("/admin/model/test", #"{"id": 1}"#, "model.test", "model:1"),
        ("/admin/group/save", #"{"name": "g"}"#, "group.create", "group:2"),
        ("/admin/group/save", #"{"id": 2, "name": "h"}"#, "group.update", "group:2"),
        ("/admin/group/bind-model", #"{"group_id": 2, "model_id": 1}"#, "right.grant", "group:2"),
        ("/admin/group/unbind-model", #"{"group_id": 2, "model_id": 1}"#, "right.revoke", "group:2"),
        ("/admin/group/bind-or-unbind-model", #"{"group_id": 2, "model_id": 1}"#, "right.grant", "group:2"),
        ("/admin/group/bind-or-unbind-model", #"{"group_id": 2, "model_id": 1}"#, "right.revoke", "group:2"),
        ("/admin/api-key/bind-model", #"{"key_id": 2, "model_id": 1}"#, "right.grant", "key:2"),
        ("/admin/api-key/unbind-model", #"{"key_id": 2, "model_id": 1}"#, "right.revoke", "key:2"),
        ("/admin/api-key/bind-or-unbind-model", #"{"key_id": 2, "model_id": 1}"#, "right.grant", "key:2"),
        ("/admin/bot/feishu/save", webhook, "webhook.create", "webhook:1"),
        ("/admin/bot/feishu/save", #"{"id": 1, "name": "other"}"#, "webhook.update", "webhook:1"),
        ("/admin/bot-connector/save", #"{"appId": "cli_1", "modelId": "n"}"#, "webhook.update", "webhook:1"),
        ("/admin/bot/feishu/test", #"{"id": 1}"#, "webhook.test", "webhook:1"),
        ("/admin/bot-connector/test", #"{"id": 1}"#, "webhook.test", "webhook:1"),
        ("/admin/bot-connector/delete", #"{"id": 1}"#, "webhook.delete", "webhook:1"),
        ("/admin/group/delete", #"{"id": 2}"#, "group.delete", "group:2"),
        ("/admin/model/delete", #"{"id": 1}"#, "model.delete", "model:1"),
        ("/admin/api-key/delete", #"{"id": 2}"#, "key.delete", "key:2"),
    ]

    @Test("has one row for each change through the admin API, whichever route makes it")
    func everyChange() async throws {
        try await withSite { site in
            let before = try await site.rows("/admin/audit/list?limit=1000").count
            for change in Self.changes { try await site.call("POST", change.path, change.body) }
            let rows = try await site.rows("/admin/audit/list?limit=1000&order_by=id").dropFirst(before)
            #expect(rows.map { $0["action"]?.string } == Self.changes.map(\.action))
            #expect(rows.map { $0["subject"]?.string } == Self.changes.map(\.subject))
            #expect(rows.allSatisfy { $0["operator"] == "admin" && $0["operator_id"] == 1 })
            let text = JSONValue.array(rows.map { .object($0) }).text
            for secret in ["very-secret", "br-bot-key"] { #expect(!text.contains(secret)) }

            // A route that is added later and changes something must be added to the table.
            let known = Set(Self.changes.map(\.path)).union(["/admin/bot/feishu/delete"])
            let posts = site.router.table.routes.filter { $0.method == "POST" && $0.access == .admin }
            #expect(Set(posts.map(\.pattern.description)) == known)
        }
    }

    @Test("has no row for what was refused or changed nothing")
    func refused() async throws {
        try await withSite { site in
            let jack = try await site.newKey("jack")
            let before = try await site.rows("/admin/audit/list?limit=1000").count
            for (path, body) in [
                ("/admin/api-key/update", #"{"id": 2, "name": "jack"}"#),
                ("/admin/api-key/update", #"{"id": 2, "rpm": -1}"#),
                ("/admin/api-key/recharge", #"{"id": 2, "balance": 0}"#), ("/admin/model/delete", #"{"id": 77}"#),
                ("/admin/api-key/reset-key", #"{"id": 77}"#), ("/admin/model/test", #"{"id": 77}"#),
                ("/admin/bot/feishu/test", #"{"id": 77}"#),
                ("/admin/group/unbind-model", #"{"group_id": 1, "model_id": 1}"#),
                ("/admin/group/bind-or-unbind-model", #"{"group_id": 1, "model_id": 1}"#),
            ] { _ = await site.send("POST", path, body) }
            _ = await site.send("POST", "/admin/api-key/delete", #"{"id": 1}"#, key: jack.text)
            #expect(try await site.rows("/admin/audit/list?limit=1000").count == before)
        }
    }

    @Test("can be searched by operator, action, subject, time and text")
    func filters() async throws {
        try await withSite { site in
            let rob = try await site.newKey("rob", role: "admin")
            site.clock.advance(seconds: 3600)
            try await site.call("POST", "/admin/api-key/apply", #"{"name": "50% off"}"#, key: rob.text)
            let count = { (query: String) async throws in try await site.rows("/admin/audit/list?\(query)").count }
            #expect(try await count("operator_id=\(rob.id)") == 1)
            #expect(try await count("subject=key:2&action=key.create") == 1)
            #expect(try await count("from=2026-11-21T09:00:00Z") == 1)
            #expect(try await count("to=2026-11-21T09:00:00Z&operator_id=1") == 1)
            #expect(try await count("q=50%25") == 1)
            #expect(try await count("q=0_%25") == 0)
            #expect(try await count("q=&action=&subject=&operator_id=&from=&to=&limit=&offset=") == 4)
            let newest = try await site.rows("/admin/audit/list?limit=1")
            #expect(newest.first?["changes"]?.object?["name"] == "50% off")
        }
    }
}
