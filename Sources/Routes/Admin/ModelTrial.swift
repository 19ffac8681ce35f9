internal import Core
internal import EventLoop

/// One call to a provider that cannot last long or answer much: of the kind that the model is for.
@LoopActor
final class ModelTrial {
    private static let tokens = 16
    /// Small, and one that every image model of Bedrock takes.
    private static let imageSize = ImageRequest.Size(width: 512, height: 512)

    private let model: ModelRecord
    private let provider: any ChatProvider
    private let requestID: String
    private let purpose: ModelPurpose
    private let start = EventLoop.shared.now
    private var firstEvent: UInt64?
    private var stream: (any ChatStream)?
    private var isTimedOut = false

    init(_ model: ModelRecord, on provider: any ChatProvider, requestID: String) {
        self.model = model
        self.provider = provider
        self.requestID = requestID
        purpose = provider.purpose(of: model.name, config: model.config)
    }

    /// `{ok: true, purpose, …}`, or `{ok: false, purpose, error: {status, code, message, detail}}`. Throws only when the
    /// client left.
    func run(within limits: ModelTrialLimits) async throws(GatewayError) -> JSONValue {
        let limit = purpose == .images ? limits.images : limits.others
        let task = LoopActor.start { () -> Result<ModelTrialAnswer, GatewayError> in
            do throws(GatewayError) { return .success(try await self.call()) } catch { return .failure(error) }
        }
        let timer = EventLoop.shared.schedule(after: limit) {
            self.isTimedOut = true
            task.cancel()
            self.stream?.cancel()
        }
        var outcome = await withTaskCancellationHandler {
            await task.value
        } onCancel: {
            task.cancel()
            EventLoop.shared.post { LoopActor.assumeIsolated { self.stream?.cancel() } }
        }
        timer.cancel()
        if isTimedOut {
            outcome = .failure(
                .upstream(status: 504, code: "upstream_timeout", "The provider did not answer within \(limit)."))
        } else if Task.isCancelled {
            throw .cancelled
        }
        switch outcome {
        case .success(let answer): return .object(success(answer))
        case .failure(let error): return .object(failure(error))
        }
    }

    private func call() async throws(GatewayError) -> ModelTrialAnswer {
        switch purpose {
        case .chat: return .chat(try await chat())
        case .embeddings:
            guard let provider = provider as? any EmbeddingProvider else { throw Self.unable(purpose) }
            return try await embed(on: provider)
        case .images:
            guard let provider = provider as? any ImageProvider else { throw Self.unable(purpose) }
            return try await draw(on: provider)
        }
    }

    private static func unable(_ purpose: ModelPurpose) -> GatewayError {
        .internal(cause: "a provider names a model for \(purpose.rawValue), and makes none")
    }

    private func chat() async throws(GatewayError) -> ChatAnswer {
        var request = ChatRequest(model: model.name, messages: [ChatMessage(.user, [.text("ping")])])
        request.maxTokens = Self.tokens
        request.isStream = true
        request.wantsUsage = true
        var answer = ChatAnswer()
        do throws(GatewayError) {
            let stream = try await provider.open(request, on: target(maxTokens: Self.tokens))
            self.stream = stream
            if Task.isCancelled { stream.cancel() }
            while let delta = try await stream.next() {
                if firstEvent == nil { firstEvent = EventLoop.shared.now }
                for event in delta.events { answer.add(event) }
                if answer.text.utf8.count > ModelTrialAnswer.longestText {
                    stream.cancel()
                    break
                }
            }
            return answer
        } catch {
            stream?.cancel()
            throw error
        }
    }

    private func embed(on provider: any EmbeddingProvider) async throws(GatewayError) -> ModelTrialAnswer {
        var request = EmbeddingRequest(model: model.name, inputs: [.text("ping")])
        request.openAIBody = ["model": .string(model.name), "input": "ping"]
        var usage: TokenUsage?
        let vectors = try await provider.embed(request, on: target()) { usage = $0 }
        return .embeddings(vectors, usage)
    }

    /// Of a size only where the provider translates the request: names do not tell which sizes another one takes.
    private func draw(on provider: any ImageProvider) async throws(GatewayError) -> ModelTrialAnswer {
        let prompt = "A black dot on white"
        var request = ImageRequest(model: model.name, prompt: prompt)
        request.size = Self.imageSize
        request.openAIBody = ["model": .string(model.name), "prompt": .string(prompt), "n": 1]
        var usage = TokenUsage()
        _ = try await provider.makeImages(request, on: target()) { usage.add($0) }
        return .images(usage)
    }

    private func target(maxTokens: Int? = nil) -> ProviderTarget {
        ProviderTarget(model: model.name, config: model.config, requestID: requestID, maxTokens: maxTokens)
    }

    private func success(_ answer: ModelTrialAnswer) -> JSONObject {
        var told: JSONObject = ["ok": true, "purpose": .string(purpose.rawValue)]
        for member in answer.members.members { told[member.name] = member.value }
        told["first_byte_latency"] = .optional(firstEvent.map { Int(($0 - start) / 1_000_000) })
        told["invocation_latency"] = .int(elapsed)
        return told
    }

    /// `detail` is what clients of the model are not told: to them it is the operator's affair.
    private func failure(_ error: GatewayError) -> JSONObject {
        var detail: [String] = []
        if let cause = error.cause { detail.append(cause) }
        if let text = error.providerText, text != error.message { detail.append(text) }
        return [
            "ok": false, "purpose": .string(purpose.rawValue),
            "error": [
                "status": .int(error.status), "code": .string(error.code), "message": .string(error.message),
                "detail": .optional(detail.isEmpty ? nil : detail.joined(separator: ": ")),
            ],
            "invocation_latency": .int(elapsed),
        ]
    }

    private var elapsed: Int { Int((EventLoop.shared.now - start) / 1_000_000) }
}
