package import Core
package import EventLoop

/// Runs calls of stores, and turns what they cannot do into what a client is told. The one place that does.
@LoopActor
package func stored<Result: Sendable>(
    _ body: @LoopActor () async throws(StorageError) -> Result
) async throws(GatewayError) -> Result {
    do throws(StorageError) {
        return try await body()
    } catch {
        throw GatewayError(storage: error)
    }
}

extension GatewayError {
    package init(storage error: StorageError) {
        switch error {
        case .unavailable(let cause): self = .storageUnavailable(cause: cause)
        case .notFound(let row): self = .notFound("There is no \(row) with this id.")
        case .conflict(let field, let message): self = .conflict(message, param: field)
        case .unknownReference(let field): self = .notFound("'\(field)' names no existing row.", param: field)
        }
    }
}
