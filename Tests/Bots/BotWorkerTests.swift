import Core
import EventLoop
import Logging
import Storage
import TestSupport
import Testing

@testable import Bots

@Suite("The worker of bots", .timeLimit(.minutes(1)))
struct BotWorkerTests {
    /// Answers after a moment, and notes how many answers of a chat, and of all, went on at once.
    @LoopActor
    private final class Slow: BotAnswering {
        var answered: [String] = []
        var chats: Set<String> = []
        var overlapped = false
        var most = 0
        var isStuck = false

        nonisolated init() {}

        func answer(_ event: BotEvent) async -> BotEventEnding? {
            if !chats.insert(event.chatID).inserted { overlapped = true }
            most = max(most, chats.count)
            do { try await EventLoop.shared.sleep(for: isStuck ? .seconds(30) : .milliseconds(5)) } catch { return nil }
            chats.remove(event.chatID)
            answered.append(event.payload["n"]?.string ?? "")
            return .done
        }
    }

    /// A store that takes no endings for a while.
    @LoopActor
    private final class Reluctant: BotEventStore {
        private let store: SQLiteStorage
        var refusals: Int
        /// Between the taking of events and their handing out.
        var afterClaim: (@LoopActor () async -> Void)?

        init(_ store: SQLiteStorage, refusals: Int = 0) {
            self.store = store
            self.refusals = refusals
        }

        func finish(_ id: BotEventID, _ ending: BotEventEnding) async throws(StorageError) {
            refusals -= 1
            if refusals >= 0 { throw .unavailable("the disk is full") }
            try await store.finish(id, ending)
        }

        func accept(_ event: NewBotEvent, limit: Int) async throws(StorageError) -> BotEventReceipt {
            try await store.accept(event, limit: limit)
        }
        func claimEvents(limit: Int, ofOneBot: Int) async throws(StorageError) -> [BotEvent] {
            let events = try await store.claimEvents(limit: limit, ofOneBot: ofOneBot)
            await afterClaim?()
            return events
        }
        func noteCards(_ cards: [String], of id: BotEventID) async throws(StorageError) {
            try await store.noteCards(cards, of: id)
        }
        func recoverEvents() async throws(StorageError) -> Int { try await store.recoverEvents() }
        func botEvents(
            of webhook: WebhookID, _ filter: BotEventFilter, page: PageRequest
        ) async throws(StorageError) -> Page<BotEventRecord> {
            try await store.botEvents(of: webhook, filter, page: page)
        }
        func conversation(of webhook: WebhookID, chat: String) throws(StorageError) -> BotConversation {
            try store.conversation(of: webhook, chat: chat)
        }
        func setConversation(
            _ conversation: BotConversation, of webhook: WebhookID, chat: String
        ) async throws(StorageError) {
            try await store.setConversation(conversation, of: webhook, chat: chat)
        }
        func turns(of key: KeyID, session: String, limit: Int) async throws(StorageError) -> [BotTurn] {
            try await store.turns(of: key, session: session, limit: limit)
        }
    }

    @LoopActor
    private struct Bench {
        let folder = TemporaryDirectory()
        let stores: [SQLiteStorage]
        let workers: [BotWorker]
        let answering = Slow()
        let bot: WebhookID

        init(workers count: Int, limit: Int = 64) async throws {
            var stores: [SQLiteStorage] = []
            for _ in 0..<count {
                stores.append(
                    try SQLiteStorage.open(path: folder.file("brook.db"), secretKeyPath: folder.file("secret.key")))
            }
            self.stores = stores
            let answering = answering
            workers = stores.map {
                BotWorker(
                    store: $0, answering: answering, metrics: NoMetrics(), logger: Logger(label: "test"), limit: limit)
            }
            bot = try await stores[0].createWebhook(
                name: "b", config: ["appId": "a"], by: Operator(keyID: nil, name: "tests")
            ).id
        }

        func accept(_ number: Int, chat: Int, waking: Bool = true) async throws {
            let event = NewBotEvent(
                webhookID: bot, eventID: "\(chat)-\(number)", chatID: "oc_\(chat)",
                sentAt: Timestamp(milliseconds: Int64(number)), payload: ["n": .string("\(chat)-\(number)")])
            let index = (number + chat) % workers.count
            #expect(try await stores[index].accept(event, limit: 500) == .accepted)
            if waking { workers[index].wake() }
        }

        func close() async {
            for worker in workers { await worker.drain(limit: .zero) }
            for store in stores { await store.close() }
        }
    }

    @Test("answers each event once and those of a chat in their order, whichever of four workers took them in")
    func order() async throws {
        try await onLoop {
            let bench = try await Bench(workers: 4)
            // The first of all chats are there before any is taken, however fast each is answered.
            for number in 0..<8 {
                for chat in 0..<6 { try await bench.accept(number, chat: chat, waking: number > 0) }
            }
            while bench.answering.answered.count < 48 { try await EventLoop.shared.sleep(for: .milliseconds(5)) }
            #expect(!bench.answering.overlapped && bench.answering.most > 1)
            for chat in 0..<6 {
                let own = bench.answering.answered.filter { $0.hasPrefix("\(chat)-") }
                #expect(own == (0..<8).map { "\(chat)-\($0)" })
            }
            await bench.close()
        }
    }

    @Test("answers no more at once than it may, and of one bot half of that")
    func bounded() async throws {
        try await onLoop {
            let bench = try await Bench(workers: 1, limit: 4)
            // All are there before the first is taken, however fast each is answered.
            for chat in 0..<10 { try await bench.accept(0, chat: chat, waking: false) }
            bench.workers[0].wake()
            while bench.answering.answered.count < 10 { try await EventLoop.shared.sleep(for: .milliseconds(5)) }
            #expect(bench.answering.most == 2)
            await bench.close()
        }
    }

    @Test("takes nothing more once it drains, and leaves what does not end in time to another process")
    func draining() async throws {
        try await onLoop {
            let bench = try await Bench(workers: 1)
            bench.answering.isStuck = true
            try await bench.accept(0, chat: 0)
            while bench.answering.chats.isEmpty { try await EventLoop.shared.sleep(for: .milliseconds(5)) }
            let began = ContinuousClock.now
            await bench.workers[0].drain(limit: .milliseconds(50))
            #expect(ContinuousClock.now - began < .seconds(10))
            #expect(bench.workers[0].runningCount == 0)
            try await bench.accept(0, chat: 1)
            #expect(bench.workers[0].runningCount == 0)
            let states = try await bench.stores[0].newestEvents(of: bench.bot).map(\.state)
            #expect(states == [.accepted, .answering])
            await bench.close()
        }
    }

    @Test("begins nothing that it took while it came to its end")
    func drainedWhileClaiming() async throws {
        try await onLoop {
            let bench = try await Bench(workers: 1)
            let store = Reluctant(bench.stores[0])
            let worker = BotWorker(
                store: store, answering: bench.answering, metrics: NoMetrics(), logger: Logger(label: "test"))
            var hasEnded = false
            store.afterClaim = {
                await worker.drain(limit: .seconds(5))
                hasEnded = true
            }
            try await bench.accept(0, chat: 0, waking: false)
            worker.wake()
            while !hasEnded { try await EventLoop.shared.sleep(for: .milliseconds(5)) }
            try await EventLoop.shared.sleep(for: .milliseconds(50))
            #expect(worker.runningCount == 0 && bench.answering.most == 0)
            let states = try await bench.stores[0].newestEvents(of: bench.bot).map(\.state)
            #expect(states == [.answering])
            await bench.close()
        }
    }

    @Test(
        "records an ending later that the store would not take, so that the chat goes on and nothing is answered twice")
    func reluctantStore() async throws {
        try await onLoop {
            let bench = try await Bench(workers: 1)
            let store = Reluctant(bench.stores[0], refusals: 2)
            let worker = BotWorker(
                store: store, answering: bench.answering, metrics: NoMetrics(), logger: Logger(label: "test"),
                finishPauses: [.milliseconds(1)])
            for number in 0..<2 {
                let event = NewBotEvent(
                    webhookID: bench.bot, eventID: "\(number)", chatID: "oc_1",
                    sentAt: Timestamp(milliseconds: Int64(number)), payload: ["n": .string("\(number)")])
                #expect(try await store.accept(event, limit: 500) == .accepted)
            }
            worker.wake()
            while store.refusals > 0 || worker.runningCount > 0 {
                try await EventLoop.shared.sleep(for: .milliseconds(5))
            }
            #expect(bench.answering.answered == ["0"])
            worker.sweep()
            while bench.answering.answered.count < 2 { try await EventLoop.shared.sleep(for: .milliseconds(5)) }
            await worker.drain(limit: .seconds(5))
            #expect(bench.answering.answered == ["0", "1"])
            let states = try await bench.stores[0].newestEvents(of: bench.bot).map(\.state)
            #expect(states == [.done, .done])
            await bench.close()
        }
    }
}
