import Core
import EventLoop
import TestSupport
import Testing

@testable import Routes

/// Everything that a client can write into, with what an attacker would write: a clear answer, and nothing changed that
/// was not asked for.
@Suite("Hostile input", .timeLimit(.minutes(2)))
struct HostileInputTests {
    static let injections = [
        "'; DROP TABLE api_keys; --", "' OR '1'='1", "\" OR 1=1 --", "1; UPDATE api_keys SET role='admin'",
        "') UNION SELECT hash FROM api_keys --", "%' ESCAPE '", "\\", "%_%", "?1", ":name", "$(id)", "{{7*7}}",
        "<script>alert(1)</script>", "../../etc/passwd", "=cmd|'/C calc'!A0", "\u{202E}gnp.exe", "e\u{301}", "🔑",
    ]

    /// Fields of a body that take any line of text, each in an operation that succeeds.
    static let textFields: [(path: String, body: @Sendable (String) -> String, list: String, field: String)] = [
        ("/admin/api-key/apply", { #"{"name": \#($0)}"# }, "/admin/api-key/list", "name"),
        ("/admin/api-key/update", { #"{"id": 2, "name": \#($0)}"# }, "/admin/api-key/list?name=", "name"),
        ("/admin/api-key/recharge", { #"{"id": 2, "balance": 1, "note": \#($0)}"# }, "/admin/payment/list", "note"),
        ("/admin/group/save", { #"{"id": 1, "name": \#($0)}"# }, "/admin/group/list", "name"),
        ("/admin/group/save", { #"{"id": 1, "key": \#($0)}"# }, "/admin/group/list", "key"),
        (
            "/admin/model/save", { #"{"id": 1, "name": \#($0)}"# }, "/admin/model/list", "name"
        ),
    ]

    @LoopActor
    private func prepare(_ site: Site) async throws {
        _ = try await site.newKey("jack")
        try await site.call("POST", "/admin/model/save", #"{"name": "m", "provider": "echo"}"#)
        try await site.record(2, session: "s")
    }

    /// All that the lists show, to compare before and after.
    @LoopActor
    private func state(_ site: Site) async throws -> [JSONValue] {
        var lists: [JSONValue] = []
        for list in ["api-key", "model", "group", "payment", "bot/feishu", "session", "thread"] {
            lists.append(try await site.call("GET", "/admin/\(list)/list?limit=1000"))
        }
        return lists
    }

    @Test("Text is stored and found as it was written, whatever it looks like")
    func storedVerbatim() async throws {
        try await withSite { site in
            try await prepare(site)
            for (path, body, list, field) in Self.textFields {
                for text in Self.injections {
                    try await site.call("POST", path, body(JSONValue.string(text).text))
                    let rows = try await site.rows(list.hasSuffix("=") ? "/admin/api-key/list" : list)
                    #expect(rows.contains { $0[field]?.string == text }, "\(path): \(text)")
                }
            }
            let keys = try await site.rows("/admin/api-key/list?limit=1000")
            #expect(keys.count == 2 + Self.injections.count)
            #expect(keys.filter { $0["role"] == "admin" }.count == 1)
        }
    }

    @Test("Filters find text and are no part of a statement")
    func filters() async throws {
        try await withSite { site in
            try await prepare(site)
            let before = try await state(site)
            for text in Self.injections + [String(repeating: "%", count: 900)] {
                let query = Self.encoded(text)
                for target in [
                    "/admin/api-key/list?q=", "/admin/api-key/list?name=", "/admin/model/list?q=",
                    "/admin/model/list?provider=", "/admin/group/list?q=", "/admin/bot/feishu/list?q=",
                    "/admin/session/list?q=", "/admin/thread/list?model=",
                    "/admin/audit/list?q=", "/admin/audit/list?action=", "/admin/audit/list?subject=",
                    "/admin/statistics/usage?model=", "/user/session/list?q=",
                ] {
                    let rows = try await site.rows(target + query)
                    #expect(rows.isEmpty, "\(target)\(text)")
                }
                for target in ["/admin/thread/list?q=", "/user/thread/list?q="] {
                    // Words are searched for: a text that has none is refused.
                    let answer = await site.send("GET", target + query)
                    #expect(answer.status == 200 || answer.status == 400, "\(target)\(text)")
                    let items = answer.json?.object?["data"]?.object?["items"]?.array ?? []
                    #expect(items.isEmpty, "\(target)\(text)")
                }
            }
            #expect(try await state(site) == before)
        }
    }

    @Test("Columns to order by come from a list, and a value that is out of a filter's kind is refused by name")
    func refusedQueries() async throws {
        try await withSite { site in
            try await prepare(site)
            let before = try await state(site)
            let lists = [
                "/admin/api-key/list", "/admin/model/list", "/admin/group/list", "/admin/payment/list",
                "/admin/bot/feishu/list", "/admin/bot-connector/list", "/admin/session/list", "/admin/thread/list",
                "/admin/audit/list", "/admin/statistics/usage", "/user/session/list", "/user/thread/list",
                "/user/statistics/usage",
            ]
            for list in lists {
                for column in [
                    "hash", "config", "id;DROP TABLE audit", "id,(SELECT hash FROM api_keys)", "--id", "1", "ID", " id",
                ] {
                    await refuse(site, "\(list)?order_by=\(Self.encoded(column))", "order_by")
                }
                for (name, value) in [
                    ("limit", "0"), ("limit", "1001"), ("limit", "1e1"), ("limit", "9223372036854775808"),
                    ("offset", "-1"), ("offset", "9223372036854775808"), ("offset", "9223372036854775807"),
                ] { await refuse(site, "\(list)?\(name)=\(value)", name) }
            }
            for list in [
                "/admin/group/list-model?group_id=1&", "/admin/api-key/list-model?key_id=1&", "/user/model/list?",
                "/admin/model/list-providers?",
            ] { await refuse(site, "\(list)order_by=id", "order_by") }
            for id in ["9223372036854775808", "-9223372036854775809", "0", "-1", "1.0", "0x1", "1%20OR%201", "١"] {
                for target in [
                    "/admin/api-key/list?group_id=", "/admin/payment/list?key_id=", "/admin/session/list?key_id=",
                    "/admin/thread/list?key_id=", "/admin/thread/list?session_id=", "/admin/thread/export?key_id=",
                    "/admin/audit/list?operator_id=", "/admin/statistics/usage?key_id=",
                    "/admin/group/list-model?group_id=", "/admin/api-key/list-model?key_id=",
                ] {
                    let name = target.split(separator: "?")[1].dropLast()
                    await refuse(site, target + id, String(name))
                }
                for detail in ["api-key", "model", "group", "session", "thread", "bot/feishu", "bot-connector"] {
                    await refuse(site, "/admin/\(detail)/detail/\(id)", "id")
                }
            }
            for long in ["q", "name"] {
                await refuse(site, "/admin/api-key/list?\(long)=" + String(repeating: "x", count: 1001), long)
                await refuse(site, "/admin/api-key/list?\(long)=a%00", long)
            }
            #expect(try await state(site) == before)
        }
    }

    @LoopActor
    private func refuse(_ site: Site, _ target: String, _ param: String) async {
        let answer = await site.send("GET", target)
        #expect(answer.status == 400, "\(target): \(answer.text)")
        #expect(answer.error?["param"]?.string == param, "\(target): \(answer.text)")
    }

    /// Bodies that no operation takes. `@` stands for the hostile value.
    static let bodies: [(path: String, body: String, param: String)] = [
        ("/admin/api-key/update", #"{"id": @}"#, "id"), ("/admin/api-key/delete", #"{"id": @}"#, "id"),
        ("/admin/api-key/reset-key", #"{"id": @}"#, "id"),
        ("/admin/api-key/recharge", #"{"id": @, "balance": 1}"#, "id"),
        ("/admin/api-key/apply", #"{"name": "x", "group_id": @}"#, "group_id"),
        ("/admin/model/save", #"{"id": @, "name": "x"}"#, "id"), ("/admin/model/delete", #"{"id": @}"#, "id"),
        ("/admin/model/test", #"{"id": @}"#, "id"), ("/admin/group/save", #"{"id": @, "name": "x"}"#, "id"),
        ("/admin/group/delete", #"{"id": @}"#, "id"),
        ("/admin/group/bind-model", #"{"group_id": @, "model_id": 1}"#, "group_id"),
        ("/admin/group/unbind-model", #"{"group_id": 1, "model_id": @}"#, "model_id"),
        ("/admin/api-key/bind-model", #"{"key_id": @, "model_id": 1}"#, "key_id"),
        ("/admin/api-key/bind-or-unbind-model", #"{"key_id": 2, "model_id": @}"#, "model_id"),
        ("/admin/bot/feishu/save", #"{"id": @, "name": "x"}"#, "id"), ("/admin/bot/feishu/delete", #"{"id": @}"#, "id"),
    ]

    @Test("Row numbers beyond 63 bits, below 1 or of another kind are refused by name")
    func ids() async throws {
        try await withSite { site in
            try await prepare(site)
            let before = try await state(site)
            for (path, body, param) in Self.bodies {
                for value in [
                    "9223372036854775808", "-1", "0", "1e99", "1.5", "true", "[1]", "{}", #""9223372036854775808""#,
                    #""1 OR 1=1""#, #"" 1""#, #""""#,
                ] {
                    let answer = await site.send("POST", path, body.replacing("@", with: value))
                    #expect(answer.status == 400, "\(path) \(value): \(answer.text)")
                    #expect(answer.error?["param"]?.string == param, "\(path) \(value): \(answer.text)")
                }
                let none = await site.send("POST", path, body.replacing("@", with: "9223372036854775807"))
                // Taking away a right that nobody has changes nothing.
                #expect(none.status == (path.hasSuffix("/unbind-model") ? 200 : 404), "\(path): \(none.text)")
            }
            #expect(try await state(site) == before)
        }
    }

    @Test("Names, notes and texts that are too long or hold control characters are refused by name")
    func texts() async throws {
        try await withSite { site in
            try await prepare(site)
            let before = try await state(site)
            let long = String(repeating: "x", count: 201)
            let cases: [(path: String, body: String, param: String)] = [
                ("/admin/api-key/apply", #"{"name": "@"}"#, "name"),
                ("/admin/api-key/update", #"{"id": 2, "name": "@"}"#, "name"),
                ("/admin/api-key/update", #"{"id": 2, "email": "@"}"#, "email"),
                ("/admin/api-key/recharge", #"{"id": 2, "balance": 1, "note": "@@@"}"#, "note"),
                ("/admin/model/save", #"{"name": "@", "provider": "echo"}"#, "name"),
                ("/admin/model/save", #"{"id": 1, "name": "@"}"#, "name"),
                ("/admin/group/save", #"{"name": "@"}"#, "name"),
                ("/admin/group/save", #"{"id": 1, "key": "@"}"#, "key"),
                ("/admin/bot/feishu/save", #"{"name": "@", "config": {}}"#, "name"),
            ]
            for (path, body, param) in cases {
                for text in [long, #"a\u0000b"#, #"a\nb"#, #"a\u2028b"#] {
                    let answer = await site.send("POST", path, body.replacing("@", with: text))
                    #expect(answer.status == 400 && answer.error?["param"]?.string == param, "\(path): \(answer.text)")
                }
            }
            for path in ["/admin/api-key/apply", "/admin/api-key/import"] {
                let huge = #"{"name": "\#(String(repeating: "x", count: 10_000_000))"}"#
                #expect(await site.send("POST", path, huge).status == 413)
            }
            #expect(try await state(site) == before)
        }
    }

    @Test("Bodies that are no object of known fields are refused by every route that takes one")
    func bodies() async throws {
        try await withSite { site in
            try await prepare(site)
            let before = try await state(site)
            let posts = site.router.table.routes.filter { $0.method == "POST" && $0.access == .admin }
            #expect(posts.count > 20)
            for route in posts {
                let path = route.pattern.description
                for body in [
                    "", "{", "[]", "null", "1", #""x""#, "{}}", #"{"surprise": 1}"#, #"{"id": 1, "hash": "x"}"#,
                    "\u{FEFF}{}",
                ] {
                    let answer = await site.send("POST", path, body)
                    #expect(answer.status == 400, "\(path) \(body): \(answer.text)")
                }
                let deep = String(repeating: "[", count: 100_000)
                #expect(await site.send("POST", path, deep).status == 400)
            }
            for field in ["hash", "balance", "total_fee", "created_at", "key_id", "month_fee", "api_key"] {
                let answer = await site.send("POST", "/admin/api-key/update", #"{"id": 2, "\#(field)": 1}"#)
                #expect(answer.status == 400 && answer.error?["param"]?.string == field)
            }
            #expect(try await state(site) == before)
        }
    }

    private static func encoded(_ text: String) -> String {
        text.utf8.map { byte in
            let digits = String(byte, radix: 16, uppercase: true)
            return "%" + (digits.count == 1 ? "0" : "") + digits
        }.joined()
    }
}
