import Core
import EventLoop
import TestSupport
import Testing

@testable import Routes

@Suite struct AdminModelTests {
    static let secret = "sk-very-secret-7777"

    @Test("A model is created from a configuration as an object or as its text, with its secrets masked in the answer")
    func create() async throws {
        try await onLoop {
            let world = try await World()
            for (name, config) in [
                ("a", #"{"modelId": "m", "apiKey": "sk-another-secret-8888"}"#),
                ("b", #""{\"modelId\": \"m\", \"apiKey\": \"sk-another-secret-8888\"}""#),
            ] {
                let answer = await world.send(
                    "POST", "/admin/model/save",
                    json: #"""
                        {"name": "\#(name)", "provider": "secretive", "config": \#(config), "multiple": 1, "group_id": 1,
                         "price_in": 1, "price_out": 0.000000003, "price_cache_read": 0.1}
                        """#)
                #expect(answer.status == 200, "\(answer.text)")
                #expect(!answer.text.contains("another-secret"))
                let row = try #require(answer.data?.object)
                #expect(row["name"]?.string == name && row["provider"] == "secretive" && row["multiple"] == true)
                #expect(row["config"]?.object?["modelId"] == "m")
                #expect(answer.text.contains(#""price_in":1,"price_out":0.000000003,"price_cache_read":0.1,"#))
                #expect(row["price_cache_write"] == .null && row["price_cache_write_1h"] == .null)
                let stored = world.storage.models.values.first { $0.name == name }
                #expect(stored?.config["apiKey"] == "sk-another-secret-8888")
            }
        }
    }

    @Test("Saving the masked form keeps the stored secret, another value replaces it")
    func maskedSecrets() async throws {
        try await onLoop {
            let world = try await World()
            let shown = await world.send("GET", "/admin/model/detail/6")
            #expect(!shown.text.contains("very-secret"))
            var config = try #require(shown.data?.object?["config"]?.object)
            config["modelId"] = "other"
            let body: JSONValue = ["id": 6, "config": .object(config)]
            let answer = await world.send("POST", "/admin/model/save", json: body.text)
            #expect(answer.status == 200, "\(answer.text)")
            #expect(!answer.text.contains("very-secret"))
            #expect(world.storage.models[World.model]?.config == ["modelId": "other", "apiKey": .string(Self.secret)])

            let replace = #"{"id": 6, "config": {"modelId": "other", "apiKey": "sk-brand-new-secret-1"}}"#
            #expect(await world.send("POST", "/admin/model/save", json: replace).status == 200)
            #expect(world.storage.models[World.model]?.config["apiKey"] == "sk-brand-new-secret-1")
        }
    }

    @Test("An update changes the fields given and no other")
    func update() async throws {
        try await onLoop {
            let world = try await World()
            var expected = try #require(world.storage.models[World.model])
            let answer = await world.send(
                "POST", "/admin/model/save",
                json: #"{"id": 6, "price_out": 15, "multiple": true, "price_cache_write": 3.75}"#)
            #expect(answer.status == 200, "\(answer.text)")
            expected.prices.output = Money(nanodollars: 15_000_000_000)
            expected.prices.cacheWrite = Money(nanodollars: 3_750_000_000)
            expected.isMultimodal = true
            expected.version = 2
            #expect(world.storage.models[World.model] == expected)
            #expect(
                await world.send("POST", "/admin/model/save", json: #"{"id": 6, "price_cache_write": null}"#).status
                    == 200)
            #expect(world.storage.models[World.model]?.prices.cacheWrite == nil)
        }
    }

    @Test(
        "A model that cannot be saved says why, and nothing is written",
        arguments: [
            (#"{"provider": "secretive", "config": {"modelId": "m"}}"#, 400, "name"),
            (#"{"name": "a", "config": {"modelId": "m"}}"#, 400, "provider"),
            (#"{"name": "a", "provider": "nonesuch", "config": {}}"#, 400, "provider"),
            (#"{"name": "a", "provider": "secretive"}"#, 400, "config.modelId"),
            (#"{"name": "a", "provider": "secretive", "config": {"modelId": "forbidden"}}"#, 400, "config.modelId"),
            (#"{"name": "a", "provider": "secretive", "config": "{"}"#, 400, "config"),
            (#"{"name": "a", "provider": "secretive", "config": "[]"}"#, 400, "config"),
            (#"{"name": "a", "provider": "secretive", "config": 5}"#, 400, "config"),
            (#"{"name": "a", "provider": "secretive", "config": {"modelId": "m"}, "price_in": -1}"#, 400, "price_in"),
            (#"{"name": "a", "provider": "secretive", "config": {"modelId": "m"}, "multiple": 2}"#, 400, "multiple"),
            (#"{"name": "vendor/claude:1", "provider": "secretive", "config": {"modelId": "m"}}"#, 409, "name"),
            (#"{"id": 6, "price_in": null}"#, 400, "price_in"), (#"{"id": 6, "config": {}}"#, 400, "config.modelId"),
            (#"{"id": 6, "provider": "nonesuch"}"#, 400, "provider"), (#"{"id": 99, "name": "x"}"#, 404, nil),
            (#"{"id": 6, "secret": 1}"#, 400, "secret"),
        ] as [(String, Int, String?)])
    func refused(body: String, status: Int, param: String?) async throws {
        try await onLoop {
            let world = try await World()
            let answer = await world.send("POST", "/admin/model/save", json: body)
            #expect(answer.status == status, "\(answer.text)")
            #expect(answer.error?["param"]?.string == param, "\(answer.text)")
            #expect(world.storage.audit.isEmpty)
            #expect(!answer.text.contains("very-secret"))
        }
    }

    @Test("Lists filter by text and provider, and mask secrets")
    func list() async throws {
        try await onLoop {
            let world = try await World()
            let answer = await world.send("GET", "/admin/model/list?q=claude&provider=secretive&limit=10&offset=")
            #expect(answer.items.count == 1)
            #expect(answer.items.first?["price_in"]?.number?.text == "3")
            #expect(!answer.text.contains("very-secret"))
            #expect(await world.send("GET", "/admin/model/list?q=gpt").items.isEmpty)
            #expect(await world.send("GET", "/admin/model/list?order_by=config").status == 400)
        }
    }

    @Test("The list of providers tells enough to draw a form")
    func providers() async throws {
        try await onLoop {
            let world = try await World()
            let answer = await world.send("GET", "/admin/model/list-providers")
            let provider = try #require(answer.items.first)
            #expect(provider["name"] == "secretive" && provider["description"] == "For tests.")
            let field = provider["fields"]?.array?.first { $0.object?["name"] == "apiKey" }?.object
            #expect(field?["type"] == "string" && field?["required"] == false && field?["secret"] == true)
        }
    }

    @Test("Deleting a model takes it from the keys that could use it")
    func delete() async throws {
        try await onLoop {
            let world = try await World()
            let answer = await world.send("POST", "/admin/model/delete", json: #"{"id": "6"}"#)
            #expect(answer.data == true)
            #expect(await world.send("GET", "/v1/models", as: .user).text == #"{"object":"list","data":[]}"#)
            #expect(await world.send("POST", "/admin/model/delete", json: #"{"id": 6}"#).status == 404)
        }
    }
}
