import Core
import EventLoop
import TestSupport
import Testing

@testable import Routes

@Suite struct AdminKeyTests {
    static let columns: Set<String> = [
        "id", "name", "email", "role", "group_id", "group_name", "api_key", "month_quota", "month_fee", "balance",
        "total_fee", "rpm", "tpm", "max_parallel", "strict", "disabled", "expires_at", "last_used_at", "created_at",
        "updated_at",
    ]

    @Test("A new key's text is in the answer that creates it, works, and is in no other answer")
    func apply() async throws {
        try await onLoop {
            let world = try await World()
            let answer = await world.send(
                "POST", "/admin/api-key/apply",
                json: #"""
                    {"name": "  jack ", "group_id": "1", "role": "user", "email": "jack@example.org",
                     "month_quota": 1.000000001, "balance": 2e-6, "rpm": 10, "tpm": 20, "max_parallel": 3,
                     "strict": true, "expires_at": "2027-01-01T00:00:00+08:00"}
                    """#)
            #expect(answer.status == 200, "\(answer.text)")
            #expect(answer.header("Cache-Control") == "no-store")
            let row = try #require(answer.data?.object)
            #expect(Set(row.members.map(\.name)) == Self.columns)
            let key = try #require(row["api_key"]?.string)
            #expect(key.count == 46)
            #expect(row["name"] == "jack" && row["role"] == "user" && row["group_name"] == "staff")
            #expect(row["group_id"] == 1 && row["email"] == "jack@example.org")
            #expect(answer.text.contains(#""month_quota":1.000000001,"#))
            #expect(answer.text.contains(#""balance":0.000002,"#))
            #expect(row["rpm"] == 10 && row["tpm"] == 20 && row["max_parallel"] == 3)
            #expect(row["strict"] == true && row["disabled"] == false && row["last_used_at"] == .null)
            #expect(row["expires_at"] == "2026-12-31T16:00:00.000Z")
            #expect(row["created_at"] == "2026-11-21T08:00:00.000Z")
            #expect(world.storage.audit == ["admin: create key jack"])

            let id = try #require(row["id"]?.int)
            for path in ["/admin/api-key/list", "/admin/api-key/detail/\(id)"] {
                let text = await world.send("GET", path).text
                #expect(text.contains("\(key.prefix(6))…\(key.suffix(4))"))
                #expect(!text.contains(key))
            }
            let update = await world.send("POST", "/admin/api-key/update", json: #"{"id": \#(id), "name": "x"}"#)
            #expect(!update.text.contains(key))
            let exchange = RecordedExchange("GET", "/v1/models", key: key)
            await world.router.handle(exchange)
            #expect(exchange.status == 200)
        }
    }

    @Test(
        "Without a word on it a user's month quota is 0 and an administrator's has no limit",
        arguments: [
            (#"{"name": "a"}"#, "0"), (#"{"name": "a", "role": "user"}"#, "0"),
            (#"{"name": "a", "role": "admin"}"#, "null"), (#"{"name": "a", "month_quota": null}"#, "null"),
            (#"{"name": "a", "role": "admin", "month_quota": 0}"#, "0"),
            (#"{"name": "a", "role": null, "group_id": null, "email": null}"#, "0"),
        ])
    func quotaDefault(body: String, expected: String) async throws {
        try await onLoop {
            let world = try await World()
            let answer = await world.send("POST", "/admin/api-key/apply", json: body)
            #expect(answer.text.contains("\"month_quota\":\(expected),"), "\(answer.text)")
        }
    }

    @Test(
        "A body with a fault is refused with the field's name, and nothing is written",
        arguments: [
            ("{}", "name", "'name' is required."), (#"{"name": 5}"#, "name", "must be a string, not a number"),
            (#"{"name": null}"#, "name", "must be a string, not null"),
            (#"{"name": "   "}"#, "name", "1 to 200 characters"), (#"{"name": "a\nb"}"#, "name", "control characters"),
            (#"{"name": "a", "nmae": 1}"#, "nmae", "Unknown field 'nmae'. Known fields: name, group_id, role"),
            (#"{"name": "a", "disabled": true}"#, "disabled", "Unknown field"),
            (#"{"name": "a", "role": "root"}"#, "role", "\"admin\" or \"user\""),
            (#"{"name": "a", "role": 1}"#, "role", "not a number"),
            (#"{"name": "a", "email": "nobody"}"#, "email", "e-mail"),
            (#"{"name": "a", "email": "a@b@c"}"#, "email", "e-mail"),
            (#"{"name": "a", "email": "a b@c"}"#, "email", "e-mail"),
            (#"{"name": "a", "month_quota": -1}"#, "month_quota", "must not be negative"),
            (#"{"name": "a", "month_quota": "1"}"#, "month_quota", "a number of dollars, not a string"),
            (#"{"name": "a", "month_quota": 0.0000000001}"#, "month_quota", "at most 9 fractional digits"),
            (#"{"name": "a", "month_quota": 1e10}"#, "month_quota", "up to 1000000000"),
            (#"{"name": "a", "month_quota": 1e999999}"#, "month_quota", "up to 1000000000"),
            (#"{"name": "a", "group_id": 0}"#, "group_id", "above 0"),
            (#"{"name": "a", "group_id": -1}"#, "group_id", "above 0"),
            (#"{"name": "a", "group_id": 1.5}"#, "group_id", "above 0"),
            (#"{"name": "a", "group_id": 9223372036854775808}"#, "group_id", "above 0"),
            (#"{"name": "a", "group_id": "x"}"#, "group_id", "above 0"),
            (#"{"name": "a", "group_id": []}"#, "group_id", "a row's number, not an array"),
            (#"{"name": "a", "rpm": -1}"#, "rpm", "from 0"), (#"{"name": "a", "tpm": 1.5}"#, "tpm", "whole number"),
            (#"{"name": "a", "max_parallel": "3"}"#, "max_parallel", "not a string"),
            (#"{"name": "a", "strict": 1}"#, "strict", "true or false, not a number"),
            (#"{"name": "a", "expires_at": "tomorrow"}"#, "expires_at", "ISO-8601"),
            (#"{"name": "a", "expires_at": 1}"#, "expires_at", "not a number"),
            ("[]", nil, "must be a JSON object, not an array"), ("", nil, "not valid JSON"),
            (#"{"name": "a""#, nil, "not valid JSON"),
        ] as [(String, String?, String)])
    func faults(body: String, param: String?, message: String) async throws {
        try await onLoop {
            let world = try await World()
            let answer = await world.send("POST", "/admin/api-key/apply", json: body)
            #expect(answer.status == 400)
            #expect(answer.error?["param"]?.string == param, "\(answer.text)")
            #expect(answer.data?.string?.contains(message) == true, "\(answer.text)")
            #expect(answer.json?.object?["success"] == false)
            #expect(answer.error?["request_id"] == "req-test")
            #expect(world.storage.audit.isEmpty)
        }
    }

    @Test("A name of 200 characters is taken, one of 201 is not")
    func nameLength() async throws {
        try await onLoop {
            let world = try await World()
            for (count, status) in [(200, 200), (201, 400)] {
                let name = String(repeating: "é", count: count)
                let answer = await world.send("POST", "/admin/api-key/apply", json: "{\"name\": \"\(name)\"}")
                #expect(answer.status == status)
            }
        }
    }

    @Test("A group that does not exist answers 404 naming the field")
    func unknownGroup() async throws {
        try await onLoop {
            let world = try await World()
            let answer = await world.send("POST", "/admin/api-key/apply", json: #"{"name": "a", "group_id": 99}"#)
            #expect(answer.status == 404)
            #expect(answer.error?["param"] == "group_id")
        }
    }

    @Test("An update changes the fields given and no other; null clears those that can be empty")
    func update() async throws {
        try await onLoop {
            let world = try await World()
            let before = try #require(world.storage.keys[World.user])
            var answer = await world.send(
                "POST", "/admin/api-key/update", json: #"{"id": 2, "month_quota": 10.00, "rpm": 5}"#)
            #expect(answer.status == 200)
            #expect(Set(answer.data?.object?.members.map(\.name) ?? []) == Self.columns)
            var expected = before
            expected.monthQuota = Money(dollars: "10")
            expected.requestsPerMinute = 5
            #expect(world.storage.keys[World.user] == expected)

            answer = await world.send(
                "POST", "/admin/api-key/update",
                json: #"{"id": "2", "month_quota": null, "group_id": null, "expires_at": null, "disabled": true}"#)
            expected.monthQuota = nil
            expected.groupID = nil
            expected.isDisabled = true
            #expect(world.storage.keys[World.user] == expected)
            #expect(await world.send("GET", "/v1/models", as: .user).status == 401)
        }
    }

    @Test(
        "An update that cannot be made says why",
        arguments: [
            (#"{"name": "x"}"#, 400, "'id' is required"), (#"{"id": 99, "name": "x"}"#, 404, "no key"),
            (#"{"id": 2, "balance": 1}"#, 400, "/admin/api-key/recharge"),
            (#"{"id": 2, "name": null}"#, 400, "not null"),
            (#"{"id": 3, "disabled": true}"#, 409, "cannot disable itself"),
            (#"{"id": 3, "role": "user"}"#, 409, "own role"),
            (#"{"id": 3, "expires_at": "2026-11-21T08:00:00Z"}"#, 409, "own validity"),
            (#"{"id": 3, "role": "admin", "disabled": false, "expires_at": "2026-11-21T08:00:01Z"}"#, 200, "admin"),
        ])
    func updateRefused(body: String, status: Int, message: String) async throws {
        try await onLoop {
            let world = try await World()
            let answer = await world.send("POST", "/admin/api-key/update", json: body)
            #expect(answer.status == status)
            #expect(answer.text.contains(message), "\(answer.text)")
            #expect(world.storage.audit.isEmpty == (status != 200))
        }
    }

    @Test(
        "A recharge adds to the balance of the key named by id or by its text",
        arguments: [
            (#"{"id": 2, "balance": 0.23}"#, 200, "0.23"), (#"{"api_key": "KEY", "balance": 0.23}"#, 200, "0.23"),
            (#"{"id": 2, "balance": -0.5, "adjust": true, "note": "refund"}"#, 200, "-0.5"),
            (#"{"id": 2, "balance": -0.5}"#, 400, "\\\"adjust\\\": true"),
            (#"{"id": 2, "balance": 0, "adjust": true}"#, 400, "must not be 0"),
            (#"{"id": 2}"#, 400, "'balance' is required"), (#"{"balance": 1}"#, 400, "'id' or 'api_key' is required"),
            (#"{"id": 2, "api_key": "KEY", "balance": 1}"#, 400, "not both"),
            (#"{"api_key": "br-unknown", "balance": 1}"#, 404, "no key"),
            (#"{"api_key": "br-abc…wxyz", "balance": 1}"#, 404, "no such key"),
            (#"{"id": 99, "balance": 1}"#, 404, "no key"), (#"{"id": 2, "balance": "1"}"#, 400, "not a string"),
        ])
    func recharge(body: String, status: Int, expected: String) async throws {
        try await onLoop {
            let world = try await World()
            let key = World.Caller.user.key ?? ""
            let answer = await world.send(
                "POST", "/admin/api-key/recharge", json: body.replacing("KEY", with: key))
            #expect(answer.status == status, "\(answer.text)")
            #expect(answer.text.contains(status == 200 ? "\"balance\":\(expected)," : expected), "\(answer.text)")
            #expect(world.storage.payments.count == (status == 200 ? 1 : 0))
            #expect(!answer.text.contains(key))
        }
    }

    @Test("Deleting takes the key out of use at once; a key cannot delete itself")
    func delete() async throws {
        try await onLoop {
            let world = try await World()
            let own = await world.send("POST", "/admin/api-key/delete", json: #"{"id": 3}"#)
            #expect(own.status == 409)
            let answer = await world.send("POST", "/admin/api-key/delete", json: #"{"id": 2}"#)
            #expect(answer.text == #"{"success":true,"data":true}"#)
            #expect(await world.send("GET", "/v1/models", as: .user).status == 401)
            #expect(await world.send("POST", "/admin/api-key/delete", json: #"{"id": 2}"#).status == 404)
        }
    }

    @Test("A list takes filters, a part and an order, and masks every key")
    func list() async throws {
        try await onLoop {
            let world = try await World()
            let answer = await world.send(
                "GET", "/admin/api-key/list?q=&name=&group_id=&role=&limit=1&offset=2&order_by=-balance&utm=x")
            #expect(answer.status == 200, "\(answer.text)")
            let data = try #require(answer.data?.object)
            #expect(data["total"] == 4 && data["limit"] == 1 && data["offset"] == 2)
            #expect(data["items"]?.array?.count == 1)
            #expect(
                world.storage.lastPage
                    == PageRequest(limit: 1, offset: 2, orderBy: "balance", isDescending: true))
            #expect(world.storage.lastKeyFilter == KeyFilter())
            let all = await world.send("GET", "/admin/api-key/list?role=user&group_id=1&q=us&name=user").text
            #expect(
                world.storage.lastKeyFilter == KeyFilter(text: "us", name: "user", groupID: World.group, role: .user))
            for caller in World.Caller.allCases { #expect(!all.contains(caller.key ?? "none")) }
        }
    }

    @Test(
        "A query that a list cannot follow answers 400 naming the parameter",
        arguments: [
            ("limit=0", "limit"), ("limit=1001", "limit"), ("limit=ten", "limit"), ("limit=1.5", "limit"),
            ("offset=-1", "offset"), ("offset=99999999999999999999", "offset"), ("order_by=hash", "order_by"),
            ("order_by=name%20desc", "order_by"), ("order_by=--name", "order_by"), ("order_by=-", "order_by"),
            ("group_id=abc", "group_id"), ("group_id=0", "group_id"), ("role=root", "role"),
        ])
    func badQuery(query: String, param: String) async throws {
        try await onLoop {
            let world = try await World()
            let answer = await world.send("GET", "/admin/api-key/list?\(query)")
            #expect(answer.status == 400, "\(answer.text)")
            #expect(answer.error?["param"]?.string == param)
        }
    }

    @Test("A detail adds whether texts are recorded; 404 for a row that is not there, 400 for what is no number")
    func detail() async throws {
        try await onLoop {
            let world = try await World()
            let answer = await world.send("GET", "/admin/api-key/detail/2")
            #expect(Set(answer.data?.object?.members.map(\.name) ?? []) == Self.columns.union(["record_text"]))
            #expect(await world.send("GET", "/admin/api-key/detail/99").status == 404)
            #expect(await world.send("GET", "/admin/api-key/detail/x").status == 400)
        }
    }

    @Test("A management body above its limit answers 413")
    func bodyLimit() async throws {
        try await onLoop {
            var settings = RouteSettings()
            settings.managementBodyLimit = 100
            let world = try await World(settings: settings)
            let long = "{\"name\": \"\(String(repeating: "n", count: 100))\"}"
            let answer = await world.send("POST", "/admin/api-key/apply", json: long)
            #expect(answer.status == 413)
            #expect(answer.error?["code"] == "request_too_large")
        }
    }

    @Test("A large body is parsed like a small one, off the loop")
    func largeBody() async throws {
        try await onLoop {
            let world = try await World()
            let spaces = String(repeating: " ", count: 200_000)
            let good = await world.send("POST", "/admin/api-key/apply", json: "{\(spaces)\"name\": \"a\"}")
            #expect(good.status == 200)
            let bad = await world.send("POST", "/admin/api-key/apply", json: "{\(spaces)\"name\": }")
            #expect(bad.status == 400)
        }
    }
}
