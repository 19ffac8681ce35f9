import Bots
import Core
import EventLoop
import Logging
import Storage
import TestSupport
import Testing

@testable import Routes

@Suite("The callback of a bot", .timeLimit(.minutes(1)))
struct FeishuCallbackRouteTests {
    /// Never answers, so that events stay where they are.
    @LoopActor
    private final class Idle: BotAnswering {
        nonisolated init() {}

        func answer(_ event: BotEvent) async -> BotEventEnding? {
            try? await EventLoop.shared.sleep(for: .seconds(60))
            return nil
        }
    }

    @LoopActor
    private final class Bench {
        let folder = TemporaryDirectory()
        let clock = ManualClock()
        let metrics = CountingMetrics()
        let log = RecordingLog()
        let storage: SQLiteStorage
        let worker: BotWorker
        let route: FeishuCallbackRoute
        var bot = WebhookID(rawValue: 0)

        init() async throws {
            storage = try SQLiteStorage.open(
                path: folder.file("brook.db"), secretKeyPath: folder.file("secret.key"), clock: clock)
            let log = self.log
            let logger = Logger(label: "test") { _ in log }
            worker = BotWorker(store: storage, answering: Idle(), metrics: metrics, logger: logger)
            route = FeishuCallbackRoute(
                intake: FeishuIntake(
                    webhooks: storage, events: storage, worker: worker, clock: clock, metrics: metrics, logger: logger))
            bot = try await storage.createWebhook(
                name: "helper", config: ["appId": "cli_1", "verificationToken": "t"],
                by: Operator(keyID: nil, name: "tests")
            ).id
        }

        func close() async {
            await worker.drain(limit: .zero)
            await storage.close()
        }

        func event(_ id: String, token: String = "t") -> String {
            let time = clock.now.milliseconds
            return """
                {"schema":"2.0","header":{"event_id":"\(id)","event_type":"im.message.receive_v1","token":"\(token)",
                "app_id":"cli_1","create_time":"\(time)"},"event":{"sender":{"sender_type":"user"},"message":{
                "message_id":"om_1","chat_id":"oc_1","chat_type":"p2p","message_type":"text","create_time":"\(time)",
                "content":"{\\"text\\":\\"ping\\"}"}}}
                """
        }

        /// The answer, or the status and code of the refusal.
        func send(_ body: String, to name: String = "helper") async -> String {
            let exchange = RecordedExchange(
                "POST", "/bot/feishu/\(name)/webhook/event", headers: [:], body: Array(body.utf8))
            do throws(GatewayError) {
                let response = try await route.handle(CallbackCall(exchange: exchange, parameters: [name]))
                return String(decoding: response.body, as: UTF8.self)
            } catch { return "\(error.status) \(error.code)" }
        }
    }

    @Test("records an event once, and tells whatever is wrong in the same words")
    func outcomes() async throws {
        try await onLoop {
            let bench = try await Bench()
            #expect(
                await bench.send(#"{"type":"url_verification","challenge":"c","token":"t"}"#) == #"{"challenge":"c"}"#)
            #expect(await bench.send(bench.event("e-1")) == #"{"success":true,"data":"accepted"}"#)
            #expect(await bench.send(bench.event("e-1")) == #"{"success":true,"data":"repeated"}"#)
            for wrong in [bench.event("e-2", token: "x"), "", "{}", "[", #"{"encrypt":"AAAA"}"#] {
                #expect(await bench.send(wrong) == "403 callback_refused")
            }
            #expect(await bench.send(bench.event("e-2"), to: "nobody") == "404 bot_not_found")
            #expect(await bench.send(String(repeating: " ", count: 600_000)) == "413 request_too_large")
            #expect(try await bench.storage.newestEvents(of: bench.bot).map(\.eventID) == ["e-1"])
            await bench.close()
        }
    }

    @Test("has the platform send again what does not fit into the queue")
    func full() async throws {
        try await onLoop {
            let bench = try await Bench()
            for number in 1...FeishuIntake.mostWaiting {
                #expect(await bench.send(bench.event("e-\(number)")) == #"{"success":true,"data":"accepted"}"#)
            }
            #expect(await bench.send(bench.event("e-0")) == "503 bot_busy")
            await bench.close()
        }
    }
}
