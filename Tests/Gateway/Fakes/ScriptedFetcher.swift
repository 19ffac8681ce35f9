import Core
import EventLoop

/// Answers with files by their URL, and remembers what it was asked.
@LoopActor
final class ScriptedFetcher: FileFetcher {
    var files: [String: Result<FetchedFile, FetchError>] = [:]
    /// URLs whose fetch lasts until it is cancelled; ``onWait`` is called once one does.
    var waiting: Set<String> = []
    var onWait: (@LoopActor () -> Void)?
    private(set) var asked: [String] = []
    private(set) var cancelled: [String] = []
    private(set) var most = 0
    private var running = 0

    static let png: [UInt8] = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]

    func fetch(
        _ url: String, by policy: FetchPolicy, within budget: FetchBudget
    ) async throws(FetchError) -> FetchedFile {
        asked.append(url)
        running += 1
        most = max(most, running)
        defer { running -= 1 }
        await Task.yield()
        if waiting.contains(url) {
            onWait?()
            try? await EventLoop.shared.sleep(for: .seconds(600))
            cancelled.append(url)
            throw .cancelled
        }
        let file = try (files[url] ?? .failure(.failed)).get()
        guard budget.take(file.bytes.count) else { throw .tooMuch }
        return file
    }

    func add(_ url: String, _ bytes: [UInt8] = png, type: String? = nil) {
        files[url] = .success(FetchedFile(bytes: bytes, declaredType: type))
    }
}
