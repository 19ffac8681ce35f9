import Core
import EventLoop
import Storage
import TestSupport
import Testing

@testable import Routes

@Suite("Webhooks", .timeLimit(.minutes(1)))
struct WebhookTests {
    private static let secret = "app-secret-0123456789"
    private static let key = "br-the-bots-own-key-0123456789"

    /// The reference's body, with its values.
    private static let create = #"""
        {
        “name”: “xxxx”,
        “config”: “{\"appId\": \"cli_xxxxx\", \"apiKey\": \"\#(key)\", \"modelId\": \"claude-3-sonnet\", \"appSecret\": \"\#(secret)\" }”,
        “provider”: “bedrock-converse”
        }
        """#

    @Test("live through the reference's bodies, on both paths", arguments: ["bot/feishu", "bot-connector"])
    func reference(_ base: String) async throws {
        try await withSite { site in
            let made = try await site.call("POST", "/admin/\(base)/save", Self.create)
            #expect(made.object?["id"] == 1 && made.object?["name"] == "xxxx")
            #expect(made.object?["callback"] == "/bot/feishu/xxxx/webhook/event")
            let config = try #require(made.object?["config"]?.object)
            #expect(config["appId"] == "cli_xxxxx" && config["modelId"] == "claude-3-sonnet")
            #expect(config["appSecret"] == "app-****" && config["apiKey"] == "br-t****")

            let body = #"""
                { 
                  "appId": "cli_xxxxx", 
                  "apiKey": "br-xxxxx", 
                  "modelId": "claude-3-opus", 
                  "appSecret": "app-****" 
                }
                """#
            let changed = try await site.call("POST", "/admin/\(base)/save", body)
            #expect(changed.object?["id"] == 1 && changed.object?["config"]?.object?["modelId"] == "claude-3-opus")
            let stored = try #require(try await site.storage.webhook(.appID("cli_xxxxx")))
            #expect(stored.config["appSecret"] == .string(Self.secret), "a mask keeps what is stored")
            #expect(stored.config["apiKey"] == "br-xxxxx")

            let list = try await site.call("GET", "/admin/\(base)/list?q=&limit=10&offset=")
            #expect(list.object?["items"] == [changed] && list.object?["total"] == 1)
            #expect(try await site.call("GET", "/admin/\(base)/detail/1") == changed)
            #expect(try await site.call("POST", "/admin/\(base)/delete", "{ “id”: 1 }") == true)
            #expect(await site.send("GET", "/admin/\(base)/detail/1").status == 404)
        }
    }

    @Test("are stored so that the file tells no secret")
    func sealed() async throws {
        try await withSite { site in
            try await site.call("POST", "/admin/bot/feishu/save", Self.create)
            let file = String(decoding: try site.bytes(), as: UTF8.self)
            #expect(file.contains("cli_xxxxx"))
            for secret in [Self.secret, Self.key] { #expect(!file.contains(secret)) }
            #expect(!site.log.lines.joined().contains(Self.secret))
        }
    }

    @Test("keep what an update does not name")
    func partial() async throws {
        try await withSite { site in
            try await site.call("POST", "/admin/bot/feishu/save", Self.create)
            try await site.call(
                "POST", "/admin/bot/feishu/save", #"{"appId": "cli_xxxxx", "encryptKey": "an-encrypt-key-0123"}"#)
            let row = try await site.call("POST", "/admin/bot/feishu/save", #"{"id": 1, "name": "renamed"}"#)
            #expect(row.object?["name"] == "renamed")
            let stored = try #require(try await site.storage.webhook(.name("renamed")))
            #expect(
                stored.config["encryptKey"] == "an-encrypt-key-0123"
                    && stored.config["appSecret"] == .string(Self.secret))
            try await site.call("POST", "/admin/bot/feishu/save", #"{"id": 1, "encryptKey": null}"#)
            #expect(try await site.storage.webhook(.name("renamed"))?.config["encryptKey"] == nil)
        }
    }

    @Test("are refused with the member's name, and nothing changes")
    func refused() async throws {
        try await withSite { site in
            try await site.call("POST", "/admin/bot/feishu/save", Self.create)
            let before = try await site.call("GET", "/admin/bot/feishu/list")
            let good = #""appId": "cli_2", "apiKey": "k", "modelId": "m", "appSecret": "s""#
            let cases: [(body: String, status: Int, param: String)] = [
                (#"{"config": {\#(good)}}"#, 400, "name"),
                (#"{"name": "a b", "config": {\#(good)}}"#, 400, "name"),
                (#"{"name": "../x", "config": {\#(good)}}"#, 400, "name"),
                (#"{"name": "ü", "config": {\#(good)}}"#, 400, "name"),
                (#"{"name": "\#(String(repeating: "n", count: 65))", "config": {\#(good)}}"#, 400, "name"),
                (#"{"name": "new"}"#, 400, "config"),
                (#"{"name": "new", "config": "{broken"}"#, 400, "config"),
                (#"{"name": "new", "config": {"appId": "cli_2"}}"#, 400, "config.appSecret"),
                (#"{"name": "new", "config": {\#(good), "surprise": 1}}"#, 400, "config.surprise"),
                (#"{"name": "new", "config": {\#(good), "baseUrl": "file:///etc/passwd"}}"#, 400, "config.baseUrl"),
                (#"{"name": "new", "config": {\#(good), "baseUrl": "https://a@b"}}"#, 400, "config.baseUrl"),
                (#"{"name": "new", "config": {\#(good), "encryptKey": 5}}"#, 400, "config.encryptKey"),
                (#"{"name": "new", "config": {\#(good), "encryptKey": "****"}}"#, 400, "config.encryptKey"),
                (#"{"name": "xxxx", "config": {\#(good)}}"#, 409, "name"),
                (#"{"name": "new", "config": {\#(good.replacing("cli_2", with: "cli_xxxxx"))}}"#, 409, "config.appId"),
                (#"{"appId": "cli_unknown", "modelId": "m"}"#, 404, "appId"),
                (#"{"appId": "cli_xxxxx", "config": {}}"#, 400, "config"),
                (#"{"id": 9, "name": "new"}"#, 404, ""),
            ]
            for (body, status, param) in cases {
                let answer = await site.send("POST", "/admin/bot/feishu/save", body)
                #expect(answer.status == status, "\(body): \(answer.text)")
                #expect((answer.error?["param"]?.string ?? "") == param, "\(body): \(answer.text)")
            }
            #expect(try await site.call("GET", "/admin/bot/feishu/list") == before)
        }
    }
}
