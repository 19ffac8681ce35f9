internal import Core
internal import EventLoop
internal import FoundationEssentials

/// Gets the files that a request names by their URL, for providers that take files by value only.
@LoopActor
struct MediaFetching {
    private let fetcher: (any FileFetcher)?
    private let report: CallReport

    nonisolated init(fetcher: (any FileFetcher)?, report: CallReport) {
        self.fetcher = fetcher
        self.report = report
    }

    /// The request with its files in it; nil when the provider needs none. Files named more than once are fetched once,
    /// all of them at the same time; the first failure ends the others.
    func complete(
        _ request: ChatRequest, for provider: any ChatProvider, by policy: FetchPolicy
    ) async throws(GatewayError) -> ChatRequest? {
        let named = request.mediaAddresses.filter { !provider.takesAddresses(of: $0.kind, in: request) }
        guard let first = named.first else { return nil }
        guard policy.isOn, let fetcher else { throw .fetchingIsOff(request.place(of: first)) }
        var times: [MediaAddress: Int] = [:]
        for address in named { times[address, default: 0] += 1 }
        guard times.count <= FetchPolicy.mostFiles else { throw .tooManyAddresses(times.count) }
        let files = try await fetch(times, of: request, from: fetcher, by: policy)
        var completed = request
        completed.replace(files)
        // What is encoded, hashed and signed from here on.
        for (address, file) in files { completed.byteCount += file.base64Count * (times[address] ?? 1) }
        return completed
    }

    private func fetch(
        _ times: [MediaAddress: Int], of request: ChatRequest, from fetcher: any FileFetcher, by policy: FetchPolicy
    ) async throws(GatewayError) -> [MediaAddress: MediaSource] {
        let budget = FetchBudget(FetchPolicy.mostBytes)
        let result = await withTaskGroup(of: FetchOutcome.self) { group in
            for (address, count) in times {
                group.addTask { await fetch(address, count: count, from: fetcher, by: policy, within: budget) }
            }
            var files: [MediaAddress: MediaSource] = [:]
            var failure: (MediaAddress, FetchFault)?
            while let outcome = await group.next() {
                switch outcome.result {
                case .success(let file): files[outcome.address] = file
                case .failure(let fault) where failure == nil:
                    failure = (outcome.address, fault)
                    group.cancelAll()
                case .failure: break
                }
            }
            return (files, failure)
        }
        if Task.isCancelled { throw .cancelled }
        if let (address, fault) = result.1 { throw fault.gatewayError(address, at: request.place(of: address)) }
        return result.0
    }

    private func fetch(
        _ address: MediaAddress, count: Int, from fetcher: any FileFetcher, by policy: FetchPolicy,
        within budget: FetchBudget
    ) async -> FetchOutcome {
        do throws(FetchError) {
            let file = try await fetcher.fetch(address.url, by: policy, within: budget)
            // The other places where it stands.
            for _ in 1..<max(count, 1) where !budget.take(file.bytes.count) { throw FetchError.tooMuch }
            guard let source = await Self.encode(file, as: address.kind) else {
                report.fetched(.wrongType)
                return FetchOutcome(address: address, result: .failure(.wrongType))
            }
            report.fetched(nil)
            return FetchOutcome(address: address, result: .success(source))
        } catch {
            let fault = FetchFault.fetch(Task.isCancelled ? .cancelled : error)
            report.fetched(fault)
            return FetchOutcome(address: address, result: .failure(fault))
        }
    }

    /// Large files are read and encoded on a helper thread.
    private static func encode(_ file: FetchedFile, as kind: MediaAddress.Kind) async -> MediaSource? {
        await HelperPool.shared.run(when: file.bytes.count >= ChatRequest.largeBody) { () throws(Never) in
            source(file, as: kind)
        }
    }

    private nonisolated static func source(_ file: FetchedFile, as kind: MediaAddress.Kind) -> MediaSource? {
        let type =
            switch kind {
            case .image: FileSignature.imageType(of: file)
            case .document: FileSignature.documentType(of: file)
            }
        return type.map { .base64(Data(file.bytes).base64EncodedString(), mediaType: $0) }
    }
}

/// What became of one address.
private struct FetchOutcome: Sendable {
    let address: MediaAddress
    let result: Result<MediaSource, FetchFault>
}

extension MediaSource {
    fileprivate var base64Count: Int { if case .base64(let text, _) = self { text.utf8.count } else { 0 } }
}

extension ChatRequest {
    /// Where an address stands, as an error names it.
    fileprivate func place(of address: MediaAddress) -> String { addressPlaces[address.url] ?? "messages" }
}
