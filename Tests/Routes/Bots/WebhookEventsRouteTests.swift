import Core
import EventLoop
import Storage
import TestSupport
import Testing

@testable import Routes

@Suite("The list of a bot's events", .timeLimit(.minutes(1)))
struct WebhookEventsRouteTests {
    private static let webhook =
        #"{"name": "hook", "config": {"appId": "cli_1", "appSecret": "s", "apiKey": "br-key", "modelId": "m"}}"#

    @Test("has the state of each, in parts and by state or chat, and nothing of what was said")
    func list() async throws {
        try await withSite { site in
            try await site.call("POST", "/admin/bot/feishu/save", Self.webhook)
            for number in 1...3 {
                _ = try await site.storage.accept(
                    NewBotEvent(
                        webhookID: WebhookID(rawValue: 1), eventID: "e-\(number)", chatID: "oc_\(number)",
                        sentAt: site.clock.now, payload: ["text": "what was said"]), limit: 9)
            }
            let claimed = try await site.storage.claimEvents(limit: 1, ofOneBot: 1)
            try await site.storage.finish(try #require(claimed.first).id, .failed(reason: "platform_230002"))
            for base in ["/admin/bot/feishu", "/admin/bot-connector"] {
                let answer = await site.send("GET", "\(base)/events/1?limit=2&offset=1")
                let data = try #require(answer.data?.object)
                #expect(data["total"] == 3 && data["limit"] == 2 && data["offset"] == 1)
                #expect(!answer.text.contains("what was said"))
                let rows = data["items"]?.array?.compactMap(\.object) ?? []
                #expect(rows.map { $0["event_id"] } == ["e-2", "e-1"])
                #expect(rows.map { $0["state"] } == ["accepted", "failed"])
                #expect(rows.map { $0["reason"] } == [.null, "platform_230002"])
                #expect(rows.map { $0["attempts"] } == [0, 1])
                #expect(try await site.rows("\(base)/events/1?state=failed").map { $0["event_id"] } == ["e-1"])
                #expect(try await site.rows("\(base)/events/1?chat_id=oc_3").map { $0["event_id"] } == ["e-3"])
                #expect(try await site.rows("\(base)/events/1?state=done").isEmpty)
            }
        }
    }

    @Test("names the field that is wrong, and knows no bot that is not there")
    func refusals() async throws {
        try await withSite { site in
            try await site.call("POST", "/admin/bot/feishu/save", Self.webhook)
            let wrong = await site.send("GET", "/admin/bot/feishu/events/1?state=lost")
            #expect(wrong.status == 400 && wrong.error?["param"] == "state")
            #expect(wrong.text.contains("accepted, answering, done, failed"))
            #expect(await site.send("GET", "/admin/bot/feishu/events/1?order_by=id").status == 400)
            #expect(await site.send("GET", "/admin/bot/feishu/events/7").status == 404)
            #expect(await site.send("GET", "/admin/bot/feishu/events/x").status == 400)
        }
    }
}
