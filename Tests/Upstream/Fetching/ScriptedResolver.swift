import Core
import EventLoop

@testable import Upstream

/// Answers each look-up with the next list for that host, and with the last one again after that.
@LoopActor
final class ScriptedResolver: NameResolver {
    private var answers: [String: [[IPAddress]]]
    private(set) var asked: [String] = []
    /// Whether look-ups never end.
    var isSilent = false

    init(_ answers: [String: [[String]]]) {
        self.answers = answers.mapValues { $0.map { $0.compactMap { IPAddress($0) } } }
    }

    func addresses(of host: String) async -> [IPAddress]? {
        asked.append(host)
        if isSilent { try? await EventLoop.shared.sleep(for: .seconds(600)) }
        guard let lists = answers[host], let first = lists.first else { return nil }
        if lists.count > 1 { answers[host] = Array(lists.dropFirst()) }
        return first
    }
}
