import Core
import EventLoop
import TestSupport
import Testing

@testable import Routes

@Suite("The user's routes", .timeLimit(.minutes(1)))
struct UserRoutesTests {
    @LoopActor
    struct Two {
        let jack: (id: Int, text: String)
        let ada: (id: Int, text: String)
        /// Of jack's call.
        let thread: Int

        init(_ site: Site) async throws {
            jack = try await site.newKey("jack")
            ada = try await site.newKey("ada")
            thread = try await site.record(jack.id, session: "chat-1") {
                $0.wholePrompt = #"[{"role":"system","content":"be brief"},{"role":"user","content":"ping"}]"#
            }
            try await site.record(ada.id, session: "chat-1") { $0.prompt = "a secret of ada's" }
            try await site.record(ada.id)
        }
    }

    @Test("show a key its own sessions and threads, in the reference's forms")
    func own() async throws {
        try await withSite { site in
            let two = try await Two(site)
            let sessions = try await site.rows("/user/session/list?q=&limit=10&offset=", key: two.jack.text)
            #expect(sessions.map { $0["key_id"]?.int } == [two.jack.id] && sessions[0]["key"] == "chat-1")
            let session = try #require(sessions[0]["id"]?.int)
            for target in ["/user/session/detail/\(session)", "/user/session/detail?id=\(session)"] {
                #expect(try await site.call("GET", target, key: two.jack.text) == .object(sessions[0]))
            }
            let threads = try await site.rows(
                "/user/thread/list?q=&limit=10&offset=&session_id=\(session)", key: two.jack.text)
            #expect(threads.map { $0["id"]?.int } == [two.thread] && threads[0]["whole_prompt"] == nil)
            for target in ["/user/thread/detail/\(two.thread)", "/user/thread/detail?id=\(two.thread)"] {
                let detail = try #require(try await site.call("GET", target, key: two.jack.text).object)
                #expect(detail["whole_prompt"]?.array?.count == 2 && detail["completion"] == "pong")
            }
        }
    }

    @Test("answer rows of others like rows that do not exist, also to an administrator")
    func others() async throws {
        try await withSite { site in
            let two = try await Two(site)
            for key in [two.ada.text, site.admin] {
                for target in ["/user/thread/detail/\(two.thread)", "/user/session/detail/1"] {
                    let theirs = await site.send("GET", target, key: key)
                    let none = await site.send("GET", target + "0000", key: key)
                    #expect(theirs.status == 404 && none.status == 404)
                    #expect(theirs.body == none.body)
                }
            }
            // What is asked for in a query does not widen what is seen.
            for query in ["key_id=\(two.ada.id)", "session_id=2", "q=secret", "key_id=&q=", "limit=1000&order_by=-fee"]
            {
                let text = await site.send("GET", "/user/thread/list?\(query)", key: two.jack.text).text
                #expect(!text.contains("ada") && !text.contains("secret of"), "\(query): \(text)")
                let sessions = await site.send("GET", "/user/session/list?\(query)", key: two.jack.text).text
                #expect(!sessions.contains("ada"), "\(query): \(sessions)")
                let usage = try await site.rows(
                    "/user/statistics/usage?\(query.replacing("order_by=-fee", with: ""))", key: two.jack.text)
                #expect(usage.map { $0["calls"]?.int } == [1])
            }
            #expect(try await site.rows("/user/session/list", key: site.admin).isEmpty)
        }
    }

    @Test("show a key itself, its models without their configuration, and its usage")
    func mine() async throws {
        try await withSite { site in
            let two = try await Two(site)
            try await site.call(
                "POST", "/admin/model/save",
                #"{"name": "m", "provider": "bedrock-converse", "config": {"modelId": "x", "apiKey": "sk-very-secret-1"}}"#
            )
            #expect(try await site.rows("/user/model/list", key: two.jack.text).isEmpty)
            try await site.call("POST", "/admin/api-key/bind-model", #"{"key_id": \#(two.jack.id), "model_id": 1}"#)
            let models = try await site.rows("/user/model/list", key: two.jack.text)
            #expect(models.map { $0["name"]?.string } == ["m"])
            #expect(models[0]["config"] == nil && !JSONValue.object(models[0]).text.contains("secret"))

            let me = try #require(try await site.call("GET", "/user/api-key/mine", key: two.jack.text).object)
            #expect(me["id"]?.int == two.jack.id && me["month_fee"]?.number?.text == "0.00002")
            #expect(me["api_key"]?.string == APIKey(two.jack.text)?.masked && me["record_text"] == true)

            let usage = try await site.rows("/user/statistics/usage?group_by=model", key: two.ada.text)
            #expect(usage.map { $0["calls"]?.int } == [2])
            let refused = await site.send("GET", "/user/statistics/usage?group_by=key", key: two.ada.text)
            #expect(refused.status == 400 && refused.error?["param"] == "group_by")
        }
    }

    @Test("need an id, above 0 and within 63 bits")
    func ids() async throws {
        try await withSite { site in
            for target in ["/user/thread/detail", "/user/session/detail", "/user/thread/detail?id="] {
                let answer = await site.send("GET", target)
                #expect(answer.status == 400 && answer.error?["param"] == "id")
            }
            for id in ["0", "-1", "x", "1.0", "9223372036854775808", "%00", "1%20OR%201=1"] {
                #expect(await site.send("GET", "/user/thread/detail/\(id)").status == 400)
                #expect(await site.send("GET", "/user/session/detail?id=\(id)").status == 400)
            }
            #expect(await site.send("GET", "/user/thread/detail/9223372036854775807").status == 404)
        }
    }
}
