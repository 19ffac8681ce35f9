internal import Core
internal import EventLoop

/// Tells an echo model's answer piece by piece, at the pace of its configuration.
@LoopActor
final class EchoStream: ChatStream {
    private let answer: EchoAnswer
    private let config: EchoConfig
    private var told = 0
    private var isCancelled = false

    init(_ answer: EchoAnswer, config: EchoConfig) {
        self.answer = answer
        self.config = config
    }

    func next() async throws(GatewayError) -> ChatDelta? {
        guard told <= answer.pieces.count else { return nil }
        try await pause()
        defer { told += 1 }
        if told < answer.pieces.count { return ChatDelta([.text(answer.pieces[told])]) }
        return ChatDelta([.finish(answer.finish), .usage(answer.usage)])
    }

    func cancel() { isCancelled = true }

    private func pause() async throws(GatewayError) {
        let wait = told == 0 ? config.first : told < answer.pieces.count ? config.interval : .zero
        if wait > .zero {
            do { try await EventLoop.shared.sleep(for: wait) } catch { throw .cancelled }
        }
        if isCancelled || Task.isCancelled { throw .cancelled }
    }
}
