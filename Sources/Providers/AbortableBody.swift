internal import Core
internal import EventLoop

/// The body of an answer that is read whole by one task, whose cancellation closes the connection at once.
@LoopActor
final class AbortableBody {
    private let response: any TransportResponse

    init(_ response: any TransportResponse) { self.response = response }

    /// More than `limit` bytes throws ``TransportError/tooLarge``.
    func collect(limit: Int) async throws(TransportError) -> [UInt8] {
        let result = await withTaskCancellationHandler { () async -> Result<[UInt8], TransportError> in
            do throws(TransportError) { return .success(try await response.collect(limit: limit)) } catch {
                return .failure(error)
            }
        } onCancel: {
            EventLoop.shared.post { LoopActor.assumeIsolated { self.response.cancel() } }
        }
        return try result.get()
    }
}
