internal import Core
internal import EventLoop

/// Runs calls of stores, and turns what they cannot do into what a client is told. The one place that does.
@LoopActor
func stored<Result: Sendable>(
    _ body: @LoopActor () async throws -> Result
) async throws(GatewayError) -> Result {
    do {
        return try await body()
    } catch let error as StorageError {
        throw GatewayError.storage(error)
    } catch {
        throw .internal(cause: "\(error)")
    }
}

extension GatewayError {
    static func storage(_ error: StorageError) -> GatewayError {
        switch error {
        case .unavailable(let cause): .storageUnavailable(cause: cause)
        case .notFound(let row): .notFound("There is no \(row) with this id.")
        case .conflict(let field, let message): .conflict(message, param: field)
        case .unknownReference(let field): .notFound("'\(field)' names no existing row.", param: field)
        }
    }
}
