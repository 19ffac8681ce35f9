import Logging
import Synchronization

/// Keeps log lines, with their metadata, as text.
final class LogCatcher: Sendable {
    private let kept = Mutex<[String]>([])

    var lines: [String] { kept.withLock { $0 } }

    var logger: Logger { Logger(label: "test") { _ in Handler(catcher: self) } }

    private struct Handler: LogHandler {
        let catcher: LogCatcher
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.info

        func log(event: LogEvent) {
            let pairs = (event.metadata ?? [:]).map { "\($0.key)=\($0.value)" }.sorted().joined(separator: " ")
            catcher.kept.withLock { $0.append("\(event.level) \(event.message) \(pairs)") }
        }

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }
    }
}
