internal import Core
internal import EventLoop

/// The answer to a call, as the caller holds it: when nobody holds it any more, the call ends.
@LoopActor
final class CurlResponse: TransportResponse {
    nonisolated let status: Int
    nonisolated private let headerLines: CurlHeaderLines
    private let transfer: CurlTransfer

    init(_ transfer: CurlTransfer) {
        self.transfer = transfer
        status = transfer.status
        headerLines = CurlHeaderLines(bytes: transfer.headerLines)
    }

    nonisolated var headers: HeaderFields { headerLines.fields }

    deinit {
        let transfer = transfer
        EventLoop.shared.post { LoopActor.assumeIsolated { transfer.cancel() } }
    }

    func next() async throws(TransportError) -> [UInt8]? { try await transfer.next() }

    func cancel() { transfer.cancel() }
}
