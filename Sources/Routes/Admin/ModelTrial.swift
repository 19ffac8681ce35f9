internal import Core
internal import EventLoop

/// One call to a provider that cannot last long or answer much.
@LoopActor
final class ModelTrial {
    private static let tokens = 16
    /// A provider that does not keep to the limit of tokens is not listened to for longer.
    private static let longestAnswer = 4096

    private let limit: Duration
    private let start = EventLoop.shared.now
    private var answer = ChatAnswer()
    private var firstEvent: UInt64?
    private var stream: (any ChatStream)?
    private var isTimedOut = false

    init(limit: Duration) { self.limit = limit }

    /// `{ok: true, answer, …}`, or `{ok: false, error: {status, code, message, detail}}`. Throws only when the client left.
    func run(
        _ model: ModelRecord, on provider: any ChatProvider, requestID: String
    ) async throws(GatewayError) -> JSONValue {
        var outcome: GatewayError?
        let task = Task(executorPreference: EventLoop.shared) { @Sendable @LoopActor () -> GatewayError? in
            await self.call(model, on: provider, requestID: requestID)
        }
        let timer = EventLoop.shared.schedule(after: limit) {
            self.isTimedOut = true
            task.cancel()
            self.stream?.cancel()
        }
        outcome = await withTaskCancellationHandler {
            await task.value
        } onCancel: {
            task.cancel()
            EventLoop.shared.post { LoopActor.assumeIsolated { self.stream?.cancel() } }
        }
        timer.cancel()
        if isTimedOut {
            outcome = .upstream(
                status: 504, code: "upstream_timeout", "The provider did not answer within \(limit).")
        } else if Task.isCancelled {
            throw .cancelled
        }
        return .object(outcome.map(failure) ?? success)
    }

    private func call(
        _ model: ModelRecord, on provider: any ChatProvider, requestID: String
    ) async -> GatewayError? {
        var request = ChatRequest(model: model.name, messages: [ChatMessage(.user, [.text("ping")])])
        request.maxTokens = Self.tokens
        request.isStream = true
        request.wantsUsage = true
        let target = ProviderTarget(
            model: model.name, config: model.config, requestID: requestID, maxTokens: Self.tokens)
        do throws(GatewayError) {
            let stream = try await provider.open(request, on: target)
            self.stream = stream
            if Task.isCancelled { stream.cancel() }
            while let delta = try await stream.next() {
                if firstEvent == nil { firstEvent = EventLoop.shared.now }
                for event in delta.events { answer.add(event) }
                if answer.text.utf8.count > Self.longestAnswer {
                    stream.cancel()
                    break
                }
            }
            return nil
        } catch {
            stream?.cancel()
            return error
        }
    }

    private var success: JSONObject {
        [
            "ok": true, "answer": .string(String(answer.text.prefix(Self.longestAnswer))),
            "finish_reason": .optional(answer.finish?.rawValue), "tokens_in": .optional(answer.usage?.prompt),
            "tokens_out": .optional(answer.usage?.output),
            "first_byte_latency": .optional(firstEvent.map { Int(($0 - start) / 1_000_000) }),
            "invocation_latency": .int(elapsed),
        ]
    }

    /// `detail` is what clients of the model are not told: to them it is the operator's affair.
    private func failure(_ error: GatewayError) -> JSONObject {
        var detail: [String] = []
        if let cause = error.cause { detail.append(cause) }
        if let text = error.providerText, text != error.message { detail.append(text) }
        return [
            "ok": false,
            "error": [
                "status": .int(error.status), "code": .string(error.code), "message": .string(error.message),
                "detail": .optional(detail.isEmpty ? nil : detail.joined(separator: ": ")),
            ],
            "invocation_latency": .int(elapsed),
        ]
    }

    private var elapsed: Int { Int((EventLoop.shared.now - start) / 1_000_000) }
}
