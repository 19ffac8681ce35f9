internal import CCurl
package import Core
package import EventLoop

/// HTTP calls by libcurl's multi interface on the event loop, with connections pooled across all calls of the process.
///
/// HTTP/1.1 only: libcurl before 8.1 gets paused HTTP/2 transfers stuck (curl issue 10988). Names resolve on libcurl's
/// own threads. No redirect is followed, no proxy used and no path normalised: what was signed is what is sent.
@LoopActor
package final class CurlTransport: Transport {
    private let multi: CurlMulti
    private let userAgent: String

    /// `userAgent`: sent when the request names none.
    package init(userAgent: String) throws(TransportError) {
        multi = try CurlMulti()
        self.userAgent = userAgent
    }

    /// Calls under way.
    package var active: Int { multi.active }

    package func send(_ request: TransportRequest) async throws(TransportError) -> any TransportResponse {
        guard !Task.isCancelled else { throw .cancelled }
        var transfer = try CurlTransfer(request, on: multi, userAgent: userAgent)
        var outcome = await begin(transfer)
        if transfer.diedUnsent, !Task.isCancelled {
            transfer = try CurlTransfer(request, on: multi, userAgent: userAgent, onNewConnection: true)
            outcome = await begin(transfer)
        }
        try outcome.get()
        return CurlResponse(transfer)
    }

    private func begin(_ transfer: CurlTransfer) async -> Result<Void, TransportError> {
        await withTaskCancellationHandler {
            do throws(TransportError) {
                return .success(try await transfer.start())
            } catch {
                return .failure(error)
            }
        } onCancel: {
            LoopActor.perform { transfer.cancel() }
        }
    }
}
