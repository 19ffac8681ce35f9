import Core
import EventLoop
import TestSupport
import Testing

@testable import Routes

/// The reference's requests in the order in which an operator would make them, on a real database.
@Suite struct ReferenceTests {
    @Test("The reference's bodies and URLs work unchanged, from a new key to its deletion")
    func scenario() async throws {
        try await withSite { site in
            let (jackKey, robKey) = try await site.keys()
            try await site.models(jackKey)
            try await site.webhooks()
            try await site.records(jackKey)
            #expect(try await site.rows("/admin/payment/list?key_id=").map { $0["amount"]?.number?.text } == ["0.23"])

            for url in [
                "/admin/group/list?q=&limit=10&offset=", "/admin/session/list?q=&limit=10&offset=&key_id=",
                "/admin/thread/list?q=&limit=10&offset=&key_id=&session_id=",
            ] {
                #expect(try await site.call("GET", url).object?["limit"] == 10)
            }

            // The reference deletes the key with id 1, which made all these calls; it takes another one to do so.
            site.key = robKey
            #expect(try await site.call("POST", "/admin/api-key/delete", "{ “id”: 1 }") == true)
            #expect(try await site.call("POST", "/admin/group/delete", #"{ "id": 1, "force": true }"#) == true)
        }
    }
}

extension Site {
    /// The reference's part on keys; answers jack's key and rob's.
    fileprivate func keys() async throws -> (jack: String, rob: String) {
        // Create an api key; the reference writes typographic quotes.
        let jack = try await call(
            "POST", "/admin/api-key/apply",
            """
            {
            “name”: “jack”,
            “group_id”: 1,
            “role”: “user”,
            “email”: “”,
            “month_quota”: 1.00
            }
            """)
        let jackKey = try #require(jack.object?["api_key"]?.string)
        #expect(jack.object?["id"] == 2 && jack.object?["month_quota"]?.number?.text == "1")
        let rob = try await call(
            "POST", "/admin/api-key/apply",
            #"{ "name": "rob", "group_id": 1, "role": "admin", "email": "" }"#)
        #expect(rob.object?["month_quota"] == .null && rob.object?["role"] == "admin")
        let updated = try await call(
            "POST", "/admin/api-key/update", "{ “id”: 2, “name”: “jack”, “month_quota”: 10.00 }")
        #expect(updated.object?["month_quota"]?.number?.text == "10")
        let recharged = try await call(
            "POST", "/admin/api-key/recharge", #"{ "api_key": "\#(jackKey)", "balance": 0.23 }"#)
        #expect(recharged.object?["balance"]?.number?.text == "0.23")
        let keys = try await call("GET", "/admin/api-key/list?q=&name=&group_id=&role=&limit=10&offset=")
        #expect(keys.object?["total"] == 3 && !keys.text.contains(jackKey))
        return (jackKey, try #require(rob.object?["api_key"]?.string))
    }

    /// The reference's part on models, and what jack sees of it.
    fileprivate func models(_ jackKey: String) async throws {
        let created = try await call(
            "POST", "/admin/model/save",
            #"""
            {
            “name”: “xxxx”,
            “group_id”: 1,
            “multiple”: false,
            “config”: “{\"modelId\": \"somevalue\"}”,
            “provider”: “bedrock-converse”,
            “price_in”: 1,
            “price_out”:3
            }
            """#)
        #expect(created.object?["id"] == 1)
        let updated = try await call(
            "POST", "/admin/model/save",
            #"""
            {
              "id": 1,
              "name": "xxxx",
              "group_id": 1,
              "multiple": false, 
              "config": "{\"modelId\": \"somevalue\", \"apiKey\": \"sk-secret-of-the-site\"}", 
              "provider": "bedrock-converse",
              "price_in": 1,
              "price_out":3
            }
            """#)
        #expect(!updated.text.contains("secret-of"))
        #expect(try await call("GET", "/admin/model/list?q=&limit=10&offset=").object?["items"] == [updated])
        try await rights(jackKey)
        #expect(try await call("POST", "/admin/model/delete", "{ “id”: 1 }") == true)
    }

    fileprivate func rights(_ jackKey: String) async throws {
        #expect(try await visible(to: jackKey) == [])
        for _ in 1...2 {
            #expect(try await call("POST", "/admin/group/bind-model", #"{"group_id": 1, "model_id": 1}"#) == true)
        }
        #expect(try await visible(to: jackKey) == ["xxxx"])
        let rights = try await call("GET", "/admin/group/list-model?group_id=1").object?["items"]?.array
        #expect(rights?.first?.object?["model_name"] == "xxxx" && rights?.count == 1)
        #expect(try await call("POST", "/admin/group/unbind-model", #"{"group_id": 1, "model_id": 1}"#) == true)
        #expect(try await visible(to: jackKey) == [])
    }

    fileprivate func visible(to key: String) async throws -> [String] {
        let exchange = RecordedExchange("GET", "/v1/models", key: key)
        await router.handle(exchange)
        #expect(exchange.status == 200, "\(exchange.text)")
        return exchange.json?.object?["data"]?.array?.compactMap { $0.object?["id"]?.string } ?? []
    }

    /// The reference's part on webhooks.
    fileprivate func webhooks() async throws {
        let created = try await call(
            "POST", "/admin/bot/feishu/save",
            #"""
            {
            “name”: “xxxx”,
            “config”: “{\"appId\": \"cli_xxxxx\", \"apiKey\": \"br-xxxxx\", \"modelId\": \"claude-3-sonnet\", \"appSecret\": \"xxxxx\" }”,
            “provider”: “bedrock-converse”
            }
            """#)
        let updated = try await call(
            "POST", "/admin/bot/feishu/save",
            """
            { 
              "appId": "cli_xxxxx", 
              "apiKey": "br-xxxxx", 
              "modelId": "claude-3-sonnet", 
              "appSecret": "xxxxx" 
            }
            """)
        #expect(updated == created)
        #expect(try await rows("/admin/bot/feishu/list?q=&limit=10&offset=").map { .object($0) } == [updated])
        #expect(try await call("POST", "/admin/bot/feishu/delete", "{ “id”: 1 }") == true)
    }

    /// The reference's part on what jack sees of his own.
    fileprivate func records(_ jackKey: String) async throws {
        try await record(2, session: "s-1")
        #expect(try await rows("/user/session/list?q=&limit=10&offset=", key: jackKey).count == 1)
        #expect(try await call("GET", "/user/session/detail/1", key: jackKey).object?["key"] == "s-1")
        #expect(try await rows("/user/thread/list?q=&limit=10&offset=&session_id=", key: jackKey).count == 1)
        #expect(try await call("GET", "/user/thread/detail/1", key: jackKey).object?["prompt"] == "ping")
    }
}
