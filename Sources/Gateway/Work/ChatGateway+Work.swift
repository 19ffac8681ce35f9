internal import Core
internal import EventLoop

extension ChatGateway {
    /// Makes a call that is answered at once: admission, `work`, the record. The answer is given back only once the record
    /// is durable; what was used before a failure is in it too.
    ///
    /// - Parameters:
    ///   - service: what of the model's provider does such work; throws when it does none.
    ///   - work: asks the provider, tells what it used in steps, and ends soon after its task is cancelled.
    func perform<Service, Answer: Sendable>(
        _ order: WorkOrder, for key: KeyRecord, call context: CallContext,
        service: (ResolvedModel) throws(GatewayError) -> Service,
        work: @LoopActor (Service, ProviderTarget, @LoopActor (TokenUsage) -> Void) async throws(GatewayError) -> Answer
    ) async throws(GatewayError) -> WorkOutcome<Answer> {
        let model = try find(order.request.model, for: key)
        let service = try service(model)
        let call = try admit(
            order.request, to: model, under: settings, as: HoldEstimate(order, prices: model.record.prices), for: key,
            context: context)
        let target = ProviderTarget(
            model: call.model.name, config: call.model.config, requestID: context.requestID, maxTokens: nil)
        var used = TokenUsage()
        let answer: Answer?
        let ending: CallEnding
        do throws(GatewayError) {
            if Task.isCancelled { throw .cancelled }
            call.sent()
            report.sent()
            answer = try await work(service, target) { usage in
                used.add(usage)
                call.take(ChatDelta([.usage(used)]))
            }
            ending = .complete
        } catch {
            answer = nil
            ending = CallEnding(error, clientLeft: Task.isCancelled)
        }
        let outcome = try await finish(call, ending: ending)
        guard let answer else { throw .internal(cause: "a call ended well without an answer") }
        return WorkOutcome(answer: answer, usage: outcome.usage)
    }
}
