internal import EventLoop
internal import FoundationEssentials
internal import Glibc
internal import Logging
internal import Settings

/// One process that serves: starts the application, answers signals, drains.
@LoopActor
final class Worker {
    /// multiwatch 1.0.0 sends SIGQUIT where it is told `-s TERM` (it takes the name before the one given), and SIGUSR1
    /// where it is told nothing; all of them mean SIGTERM.
    nonisolated static let signals = [SIGTERM, SIGINT, SIGQUIT, SIGUSR1, SIGHUP, SIGUSR2]
    private static let sweepInterval = Duration.seconds(10)
    /// A second SIGTERM means "now" only after this: the first may come twice, from a manager and from its own sender.
    private static let doubling = Duration.seconds(1)

    private var settings: Settings
    private let file: String?
    private let threshold: LogThreshold
    private let logger: Logger
    private var ending: CheckedContinuation<Void, Never>?
    /// When the first signal to end came.
    private var endingSince: ContinuousClock.Instant?
    private var isEnding: Bool { endingSince != nil }

    nonisolated init(settings: Settings, file: String?, threshold: LogThreshold, logger: Logger) {
        self.settings = settings
        self.file = file
        self.threshold = threshold
        self.logger = logger
    }

    /// Serves until a signal ends it and what was running has finished or passed the limit.
    func run() async throws(CommandFailure) {
        signal(SIGPIPE, SIG_IGN)
        let application = try Composition.start(settings, logger: logger)
        let watch: SignalWatch
        do {
            watch = try SignalWatch(Self.signals) { [self] in receive($0, application) }
        } catch {
            throw CommandFailure("the signals cannot be watched, \(error): raise ulimit -n", code: .usage)
        }
        let sweeping = LoopActor.start { [self] in await sweep(application) }
        CodePages.release()
        logger.debug("serving", metadata: ["version": "\(Version.current)"])
        await untilEnd()
        sweeping.cancel()
        await application.drain(limit: settings.drainLimit)
        logger.debug("drained")
        withExtendedLifetime(watch) {}
    }

    private func untilEnd() async {
        if isEnding { return }
        await withCheckedContinuation { ending = $0 }
    }

    private func receive(_ signal: CInt, _ application: any Application) {
        switch signal {
        case SIGHUP, SIGUSR2:
            LoopActor.start { [self] in await reload(application) }
        case SIGINT where isEnding:
            // The second Ctrl-C of somebody who does not want to wait.
            exit(130)
        case SIGTERM where endingSince.map { $0.duration(to: .now) >= Self.doubling } ?? false:
            logger.notice("cutting off what still runs")
            application.cutOff()
        default:
            if !isEnding { endingSince = .now }
            ending?.resume()
            ending = nil
        }
    }

    /// Holds of processes that ended without settling are given back.
    private func sweep(_ application: any Application) async {
        while true {
            do { try await EventLoop.shared.sleep(for: Self.sweepInterval) } catch { return }
            application.sweep()
        }
    }

    /// Wrong settings are logged and change nothing.
    private func reload(_ application: any Application) async {
        let file = file
        let read = await HelperPool.shared.run { Self.read(file) }
        switch read {
        case .success(let new):
            let waiting = settings.restartNeeded(for: new)
            settings = new
            threshold.level = new.logLevel
            application.adopt(new)
            logger.notice("settings read again", metadata: ["log_level": "\(new.logLevel)"])
            if !waiting.isEmpty {
                logger.warning(
                    "changed settings that hold only after a restart",
                    metadata: ["settings": "\(waiting.joined(separator: ", "))"])
            }
        case .failure(let failure):
            logger.error("settings not changed, because they are wrong", metadata: ["reason": "\(failure.message)"])
        }
    }

    private nonisolated static func read(_ file: String?) -> Result<Settings, CommandFailure> {
        do throws(CommandFailure) {
            return .success(try ProcessEnvironment.settings(file: file))
        } catch {
            return .failure(error)
        }
    }
}
