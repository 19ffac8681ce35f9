package import Core
package import EventLoop
package import Logging

/// Takes events from the queue, as many at a time as this process may, and has each answered.
@LoopActor
package final class BotWorker {
    private let store: any BotEventStore
    private let answering: any BotAnswering
    private let metrics: any MetricsRecorder
    private let logger: Logger
    private let limit: Int
    private let finishPauses: [Duration]
    private var running: [BotEventID: Task<Void, Never>] = [:]
    private var isClaiming = false
    private var mustClaimAgain = false
    private var isDraining = false
    private var isSweeping = false
    /// What the store would not take when its answer had been shown.
    private var unfinished: [BotEventID: BotEventEnding] = [:]

    /// - Parameters:
    ///   - limit: answers at a time in this process, of which one bot may have half.
    ///   - finishPauses: between tries to record an ending, before the next sweep tries it.
    package nonisolated init(
        store: any BotEventStore, answering: any BotAnswering, metrics: any MetricsRecorder, logger: Logger,
        limit: Int = 64, finishPauses: [Duration] = [.milliseconds(100), .seconds(1), .seconds(5)]
    ) {
        self.finishPauses = finishPauses
        self.store = store
        self.answering = answering
        self.metrics = metrics
        self.logger = logger
        self.limit = limit
    }

    package var runningCount: Int { running.count }

    /// There may be something to answer. Does not wait for it.
    package func wake() {
        guard !isDraining else { return }
        if isClaiming {
            mustClaimAgain = true
            return
        }
        isClaiming = true
        LoopActor.start { [self] in await claim() }
    }

    /// Looks for what processes that have died left behind. At start, and every 10 seconds.
    package func sweep() {
        guard !isSweeping, !isDraining else { return }
        isSweeping = true
        LoopActor.start { [self] in
            await finishRest()
            do throws(StorageError) { if try await store.recoverEvents() > 0 { wake() } } catch {
                logger.warning("bot events cannot be looked after", metadata: ["cause": "\(error)"])
            }
            isSweeping = false
            // Of a chat whose turn a full process could not take.
            wake()
        }
    }

    /// Takes nothing more, lets answers that run end until `limit`, and leaves the rest to another process.
    package func drain(limit: Duration) async {
        isDraining = true
        let timer = EventLoop.shared.schedule(after: limit) { self.cutOff() }
        while let task = running.values.first { await task.value }
        timer.cancel()
        await finishRest()
    }

    /// Leaves all that runs to another process at once.
    package func cutOff() {
        isDraining = true
        for task in running.values { task.cancel() }
    }

    private func claim() async {
        repeat {
            mustClaimAgain = false
            let room = limit - running.count
            guard room > 0, !isDraining else { break }
            do throws(StorageError) {
                let events = try await store.claimEvents(limit: room, ofOneBot: max(1, limit / 2))
                // What was taken while the process came to its end is another one's, as what a dead one answered.
                guard !isDraining else { break }
                for event in events { start(event) }
            } catch {
                logger.warning("bot events cannot be taken", metadata: ["cause": "\(error)"])
                break
            }
        } while mustClaimAgain
        isClaiming = false
    }

    private func start(_ event: BotEvent) {
        metrics.change(.botAnswersInFlight, by: 1)
        if event.attempt > 1 { metrics.add(.botEventsTakenOver, 1) }
        running[event.id] = LoopActor.start { [self] in
            let ending = await answering.answer(event)
            if let ending { await finish(event, ending) }
            running[event.id] = nil
            metrics.change(.botAnswersInFlight, by: -1)
            wake()
        }
    }

    private func finish(_ event: BotEvent, _ ending: BotEventEnding) async {
        switch ending {
        case .done: metrics.add(.botEventsDone, 1)
        case .failed(let reason):
            metrics.add(.botEventsFailed, 1)
            logger.warning(
                "a bot's event was not answered", metadata: ["event": "\(event.id)", "reason": "\(reason)"])
        }
        for pause in finishPauses.map(Optional.some) + [nil] {
            do throws(StorageError) {
                return try await store.finish(event.id, ending)
            } catch {
                guard let pause else {
                    unfinished[event.id] = ending
                    return logger.error("a bot's event stays open for now", metadata: ["cause": "\(error)"])
                }
                do { try await EventLoop.shared.sleep(for: pause) } catch {
                    unfinished[event.id] = ending
                    return
                }
            }
        }
    }

    /// Until then nothing more of their chats is answered, and another process would answer them again.
    private func finishRest() async {
        for (id, ending) in unfinished {
            do throws(StorageError) { try await store.finish(id, ending) } catch { return }
            unfinished[id] = nil
        }
    }
}
