package import Core
package import EventLoop
package import Logging

/// Takes in what the platform sends to a bot's callback: verifies it, records it, and has it answered after the answer.
@LoopActor
package final class FeishuIntake {
    package enum Outcome: Sendable, Equatable {
        case challenge(String)
        case accepted, repeated, ignored
        /// Too many events of the bot wait; the platform sends this one again.
        case full
        /// Not the platform's.
        case refused
        case unknownBot
    }

    /// Events of one bot that may wait, over all processes.
    package static let mostWaiting = 500

    private let webhooks: any WebhookStore
    private let events: any BotEventStore
    private let worker: BotWorker
    private let clock: any WallClock
    private let metrics: any MetricsRecorder
    private let logger: Logger

    package nonisolated init(
        webhooks: any WebhookStore, events: any BotEventStore, worker: BotWorker, clock: any WallClock,
        metrics: any MetricsRecorder, logger: Logger
    ) {
        self.webhooks = webhooks
        self.events = events
        self.worker = worker
        self.clock = clock
        self.metrics = metrics
        self.logger = logger
    }

    /// - Parameter body: asked for only when there is such a bot.
    package func take(
        bot name: String, _ headers: HeaderFields,
        body: @LoopActor () async throws(GatewayError) -> [UInt8]
    ) async throws(GatewayError) -> Outcome {
        let callback: FeishuCallback
        let webhook: WebhookRecord
        do throws(StorageError) {
            guard let found = try await webhooks.webhook(.name(name)) else { return refuse(.unknownBot, "bot") }
            webhook = found
        } catch { throw .storageUnavailable(cause: "\(error)") }
        let bytes = try await body()
        let (config, now) = (FeishuConfig(webhook.config), clock.now)
        do throws(FeishuRefusal) {
            callback = try await HelperPool.shared.run(when: bytes.count >= ChatRequest.largeBody) {
                () throws(FeishuRefusal) in try FeishuCallback.read(bytes, headers, for: config, at: now)
            }
        } catch { return refuse(.refused, error.rawValue) }
        switch callback {
        case .challenge(let text): return .challenge(text)
        case .ignored: return .ignored
        case .message(let message, let payload):
            let event = NewBotEvent(
                webhookID: webhook.id, eventID: message.eventID, chatID: message.chatID, sentAt: message.sentAt,
                payload: payload)
            return try await record(event)
        }
    }

    private func record(_ event: NewBotEvent) async throws(GatewayError) -> Outcome {
        let receipt: BotEventReceipt
        do throws(StorageError) {
            receipt = try await events.accept(event, limit: Self.mostWaiting)
        } catch { throw .storageUnavailable(cause: "\(error)") }
        switch receipt {
        case .accepted:
            metrics.add(.botEventsAccepted, 1)
            worker.wake()
            return .accepted
        case .repeated:
            metrics.add(.botEventsRepeated, 1)
            return .repeated
        case .full: return .full
        }
    }

    private func refuse(_ outcome: Outcome, _ reason: String) -> Outcome {
        metrics.add(.botEventsRefused, 1)
        logger.info("a bot's callback refused a request", metadata: ["reason": "\(reason)"])
        return outcome
    }
}
