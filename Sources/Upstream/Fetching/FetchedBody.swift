internal import Core
internal import EventLoop

/// The bytes of a file as they arrive; the cancellation of the task that reads them closes the connection at once.
@LoopActor
final class FetchedBody {
    private let response: any TransportResponse

    init(_ response: any TransportResponse) { self.response = response }

    func cancel() { response.cancel() }

    func collect(within budget: FetchBudget) async throws(FetchError) -> [UInt8] {
        let result = await withTaskCancellationHandler {
            do throws(FetchError) { return Result<[UInt8], FetchError>.success(try await read(within: budget)) } catch {
                return .failure(error)
            }
        } onCancel: {
            EventLoop.shared.post { LoopActor.assumeIsolated { self.cancel() } }
        }
        return try result.get()
    }

    private func read(within budget: FetchBudget) async throws(FetchError) -> [UInt8] {
        var body: [UInt8] = []
        while let bytes = try await next() {
            guard body.count + bytes.count <= FetchPolicy.largestFile else { throw .tooLarge }
            guard budget.take(bytes.count) else { throw .tooMuch }
            body += bytes
        }
        return body
    }

    private func next() async throws(FetchError) -> [UInt8]? {
        do throws(TransportError) { return try await response.next() } catch { throw FetchError(error) }
    }
}

extension FetchError {
    init(_ error: TransportError) {
        switch error {
        case .timeout: self = .timedOut
        case .cancelled: self = .cancelled
        case .tooLarge: self = .tooLarge
        case .connect, .cut, .badRequest: self = .failed
        }
    }
}
