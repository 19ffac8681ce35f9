internal import Core
internal import EventLoop

/// Calls of services on the host itself: small, quick, and never through a proxy or to where a redirect leads.
@LoopActor
struct MetadataClient {
    /// They answer within milliseconds, where they are at all.
    private nonisolated static let deadlines = Deadlines(
        connect: .seconds(1), firstByte: .seconds(2), idle: .seconds(2), total: .seconds(3))
    private nonisolated static let largestBody = 64 * 1024

    private let transport: any Transport
    /// For errors' texts.
    private let service: String

    nonisolated init(_ transport: any Transport, service: String) {
        self.transport = transport
        self.service = service
    }

    /// Status and body. A connection that fails is tried once more.
    func call(
        _ method: String, _ url: String, headers: HeaderFields
    ) async throws(CredentialError) -> (status: Int, body: [UInt8]) {
        let request = TransportRequest(method: method, url: url, headers: headers, deadlines: Self.deadlines)
        do throws(TransportError) { return try await send(request) } catch {
            guard case .connect = error else { throw failure(error) }
        }
        do throws(TransportError) { return try await send(request) } catch { throw failure(error) }
    }

    private func send(_ request: TransportRequest) async throws(TransportError) -> (status: Int, body: [UInt8]) {
        let response = try await transport.send(request)
        return (response.status, try await response.collect(limit: Self.largestBody))
    }

    private func failure(_ error: TransportError) -> CredentialError {
        let reason =
            switch error {
            case .connect(let text), .cut(let text), .badRequest(let text): BedrockScrubber.scrub(text)
            case .timeout(let phase): "no answer in time (\(phase.rawValue))"
            case .cancelled: "given up"
            case .tooLarge: "the answer is too large"
            }
        return CredentialError("\(service) cannot be asked: \(reason)")
    }
}
