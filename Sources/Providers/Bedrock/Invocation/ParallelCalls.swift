internal import Core
internal import EventLoop

/// Calls that belong to one request of a client: some at a time, their answers in order.
@LoopActor
enum ParallelCalls {
    /// Enough to hide the way to the service, and few beside what an account may ask for in a minute.
    nonisolated static let atATime = 8

    /// Answers in the order of the indices. After the first failure no further call is begun and those under way are
    /// aborted; that failure is thrown when all have ended.
    ///
    /// - Parameter each: told of every call that ended well, in the order in which they end.
    static func run<Answer: Sendable>(
        _ count: Int, _ call: @escaping @Sendable @LoopActor (Int) async throws(GatewayError) -> Answer,
        each: @LoopActor (Answer) -> Void
    ) async throws(GatewayError) -> [Answer] {
        var answers = [Answer?](repeating: nil, count: count)
        var failure: GatewayError?
        await withTaskGroup(of: (Int, Result<Answer, GatewayError>).self) { group in
            var next = 0
            func begin() {
                guard next < count, failure == nil else { return }
                let index = next
                next += 1
                group.addTask { await result(of: index, call) }
            }
            for _ in 0..<min(count, atATime) { begin() }
            while let (index, result) = await group.next() {
                switch result {
                case .success(let answer):
                    answers[index] = answer
                    each(answer)
                    begin()
                case .failure(let error):
                    if failure == nil { failure = error }
                    group.cancelAll()
                }
            }
        }
        if let failure { throw failure }
        return answers.compactMap { $0 }
    }

    private static func result<Answer: Sendable>(
        of index: Int, _ call: @Sendable @LoopActor (Int) async throws(GatewayError) -> Answer
    ) async -> (Int, Result<Answer, GatewayError>) {
        do throws(GatewayError) { return (index, .success(try await call(index))) } catch {
            return (index, .failure(error))
        }
    }
}
