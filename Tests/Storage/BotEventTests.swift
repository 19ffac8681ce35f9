import Core
import EventLoop
import TestSupport
import Testing

@testable import Storage

@Suite("The queue of messages to bots", .timeLimit(.minutes(1)))
struct BotEventTests {
    @LoopActor
    private static func bot(
        _ storage: SQLiteStorage, _ fixture: Fixture, _ name: String = "helper"
    ) async throws
        -> WebhookID
    {
        try await storage.createWebhook(name: name, config: ["appId": .string(name)], by: fixture.operatorOfTests).id
    }

    private static func event(
        _ bot: WebhookID, _ id: String, chat: String = "oc_1", sent: Int64 = 0
    ) -> NewBotEvent {
        NewBotEvent(
            webhookID: bot, eventID: id, chatID: chat, sentAt: Timestamp(milliseconds: sent),
            payload: ["text": .string("secret \(id)")])
    }

    /// As if another process owned what is open, which is dead when `start` is nobody's.
    private static func disown(_ fixture: Fixture, start: Int = 1) throws {
        try fixture.change("UPDATE bot_events SET owner_pid = 1, owner_start = \(start) WHERE state <> 'done'")
    }

    @Test("has each event once, however often and at once it comes")
    func once() async throws {
        try await withStorage { storage, fixture in
            let bot = try await Self.bot(storage, fixture)
            let other = try fixture.open()
            let receipts = try await concurrently(20) { number in
                try await (number % 2 == 0 ? storage : other).accept(Self.event(bot, "e-1"), limit: 10)
            }
            #expect(receipts.count { $0 == .accepted } == 1 && receipts.count { $0 == .repeated } == 19)
            let claimed = try await concurrently(4) { number in
                try await (number % 2 == 0 ? storage : other).claimEvents(limit: 5, ofOneBot: 5).map(\.id)
            }
            #expect(claimed.flatMap { $0 }.count == 1)
            await other.close()
        }
    }

    @Test("gives the events of a chat one after another in the order of their sending, and those of chats at once")
    func order() async throws {
        try await withStorage { storage, fixture in
            let bot = try await Self.bot(storage, fixture)
            for (id, chat, sent) in [("b", "oc_1", 2), ("c", "oc_1", 3), ("a", "oc_1", 1), ("x", "oc_2", 9)] {
                _ = try await storage.accept(Self.event(bot, id, chat: chat, sent: Int64(sent)), limit: 10)
            }
            var rounds: [Set<String>] = []
            for _ in 0..<3 {
                let claimed = try await storage.claimEvents(limit: 10, ofOneBot: 10)
                #expect(claimed.allSatisfy { $0.attempt == 1 })
                rounds.append(Set(claimed.compactMap { $0.payload["text"]?.string }))
                for event in claimed { try await storage.finish(event.id, .done) }
            }
            #expect(rounds == [["secret a", "secret x"], ["secret b"], ["secret c"]])
            // What was said is gone.
            #expect(try fixture.inspect("SELECT DISTINCT payload FROM bot_events") { $0.text() } == [""])
        }
    }

    @Test("gives a process no more of one bot than it asks for, and first what is of bots it answers least for")
    func fairness() async throws {
        try await withStorage { storage, fixture in
            let busy = try await Self.bot(storage, fixture)
            let quiet = try await Self.bot(storage, fixture, "quiet")
            for number in 0..<6 {
                _ = try await storage.accept(Self.event(busy, "b\(number)", chat: "oc_\(number)"), limit: 10)
            }
            for number in 0..<2 {
                _ = try await storage.accept(Self.event(quiet, "q\(number)", chat: "oq_\(number)"), limit: 10)
            }
            let first = try await storage.claimEvents(limit: 3, ofOneBot: 4)
            #expect(first.map(\.webhookID) == [busy, quiet, busy])
            let second = try await storage.claimEvents(limit: 10, ofOneBot: 4)
            #expect(second.map(\.webhookID) == [quiet, busy, busy])
            #expect(try await storage.claimEvents(limit: 10, ofOneBot: 4).isEmpty)
            try await storage.finish(first[0].id, .done)
            #expect(try await storage.claimEvents(limit: 10, ofOneBot: 4).map(\.webhookID) == [busy])
        }
    }

    @Test("has a bound for each bot, which ended events do not count against")
    func bounded() async throws {
        try await withStorage { storage, fixture in
            let bot = try await Self.bot(storage, fixture)
            let second = try await Self.bot(storage, fixture, "second")
            #expect(try await storage.accept(Self.event(bot, "1"), limit: 2) == .accepted)
            #expect(try await storage.accept(Self.event(bot, "2"), limit: 2) == .accepted)
            #expect(try await storage.accept(Self.event(bot, "3"), limit: 2) == .full)
            #expect(try await storage.accept(Self.event(second, "1"), limit: 2) == .accepted)
            let first = try #require(try await storage.claimEvents(limit: 1, ofOneBot: 1).first)
            try await storage.finish(first.id, .failed(reason: "x"))
            #expect(try await storage.accept(Self.event(bot, "3"), limit: 2) == .accepted)
            #expect(try await storage.accept(Self.event(bot, "1"), limit: 2) == .repeated)
            let shown = try await storage.newestEvents(of: bot)
            #expect(shown.map(\.eventID) == ["3", "2", "1"])
            #expect(shown.last?.state == .failed && shown.last?.reason == "x")
        }
    }

    @Test("gives the events of a dead process to another, once, and with the cards that it had begun")
    func takenOver() async throws {
        try await withStorage { storage, fixture in
            let bot = try await Self.bot(storage, fixture)
            _ = try await storage.accept(Self.event(bot, "1"), limit: 9)
            let claimed = try #require(try await storage.claimEvents(limit: 1, ofOneBot: 1).first)
            try await storage.noteCards(["om_a", "om_b"], of: claimed.id)
            // Its owner, this process, lives.
            #expect(try await storage.recoverEvents() == 0)
            #expect(try await storage.claimEvents(limit: 1, ofOneBot: 1).isEmpty)
            try Self.disown(fixture)
            #expect(try await storage.recoverEvents() == 1)
            let again = try #require(try await storage.claimEvents(limit: 1, ofOneBot: 1).first)
            #expect(again.id == claimed.id && again.attempt == 2 && again.cards == ["om_a", "om_b"])
            try Self.disown(fixture)
            #expect(try await storage.recoverEvents() == 0)
            #expect(try await storage.newestEvents(of: bot).first?.reason == "abandoned_twice")
        }
    }

    @Test("gives up what a dead process left for 10 minutes, and forgets events after 8 hours")
    func aged() async throws {
        try await withStorage { storage, fixture in
            let bot = try await Self.bot(storage, fixture)
            _ = try await storage.accept(Self.event(bot, "1"), limit: 9)
            _ = try await storage.claimEvents(limit: 1, ofOneBot: 1)
            _ = try await storage.accept(Self.event(bot, "2"), limit: 9)
            try Self.disown(fixture)
            fixture.clock.advance(seconds: 601)
            _ = try await storage.accept(Self.event(bot, "3", sent: 1), limit: 9)
            #expect(try await storage.recoverEvents() == 0)
            let states = try await storage.newestEvents(of: bot).map(\.state)
            #expect(states == [.accepted, .failed, .failed])
            #expect(try await storage.claimEvents(limit: 9, ofOneBot: 9).count == 1)
            fixture.clock.advance(seconds: 8 * 3600)
            _ = try await storage.recoverEvents()
            #expect(try await storage.newestEvents(of: bot).isEmpty)
        }
    }

    @Test("lists the events of a bot by state and chat, in parts, the newest first")
    func list() async throws {
        try await withStorage { storage, fixture in
            let bot = try await Self.bot(storage, fixture)
            let other = try await Self.bot(storage, fixture, "other")
            _ = try await storage.accept(Self.event(other, "x"), limit: 9)
            for number in 1...5 {
                _ = try await storage.accept(
                    Self.event(bot, "e-\(number)", chat: "oc_\(number % 2)", sent: Int64(number)), limit: 9)
            }
            for event in try await storage.claimEvents(limit: 9, ofOneBot: 9) where event.webhookID == bot {
                try await storage.finish(event.id, event.chatID == "oc_1" ? .done : .failed(reason: "why"))
            }
            func found(
                _ state: BotEventRecord.State?, _ chat: String? = nil, _ page: PageRequest = PageRequest()
            ) async throws -> [String] {
                var filter = BotEventFilter()
                filter.state = state
                filter.chatID = chat
                let part = try await storage.botEvents(of: bot, filter, page: page)
                return part.items.map(\.eventID) + ["of \(part.total)"]
            }
            #expect(try await found(nil) == ["e-5", "e-4", "e-3", "e-2", "e-1", "of 5"])
            #expect(try await found(nil, nil, PageRequest(limit: 2, offset: 2)) == ["e-3", "e-2", "of 5"])
            #expect(try await found(.accepted) == ["e-5", "e-4", "e-3", "of 3"])
            #expect(try await found(.failed) == ["e-2", "of 1"])
            #expect(try await found(.done, "oc_1") == ["e-1", "of 1"])
            #expect(try await found(.done, "oc_0") == ["of 0"])
        }
    }

    @Test("ends with its bot")
    func deletion() async throws {
        try await withStorage { storage, fixture in
            let bot = try await Self.bot(storage, fixture)
            _ = try await storage.accept(Self.event(bot, "1"), limit: 9)
            try await storage.setConversation(BotConversation(round: 1, model: "m"), of: bot, chat: "oc_1")
            try await storage.deleteWebhook(bot, by: fixture.operatorOfTests)
            #expect(try fixture.inspect("SELECT COUNT(*) FROM bot_events") { $0.int() } == [0])
            #expect(try fixture.inspect("SELECT COUNT(*) FROM bot_chats") { $0.int() } == [0])
        }
    }

    @Test("knows what a chat has set, and the session's turns that were answered well")
    func conversations() async throws {
        try await withStorage { storage, fixture in
            let bot = try await Self.bot(storage, fixture)
            #expect(try storage.conversation(of: bot, chat: "oc_1") == BotConversation())
            try await storage.setConversation(BotConversation(round: 2, model: "m"), of: bot, chat: "oc_1")
            try await storage.setConversation(BotConversation(round: 3), of: bot, chat: "oc_1")
            #expect(try storage.conversation(of: bot, chat: "oc_1") == BotConversation(round: 3, model: nil))
            let key = try await storage.create(.sample(), by: fixture.operatorOfTests)
            for number in 1...25 {
                try await storage.spend(
                    .zero, key, fixture, request: "r-\(number)", session: SessionReference(key: "oc_1", title: "t")
                ) { call in
                    call.prompt = "q\(number)"
                    call.completion = number == 24 ? "" : "a\(number)"
                    call.status = number == 25 ? .error : .ok
                }
            }
            let turns = try await storage.turns(of: key.id, session: "oc_1", limit: 20)
            #expect(turns.count == 20 && turns.first?.prompt == "q4" && turns.last?.completion == "a23")
            #expect(try await storage.turns(of: key.id, session: "oc_1:1", limit: 20).isEmpty)
        }
    }
}
