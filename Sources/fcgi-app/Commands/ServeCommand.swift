internal import ArgumentParser
internal import CLinux
internal import EventLoop
internal import Glibc
internal import Logging
internal import Settings

struct ServeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Answer FastCGI requests: one worker, which a process manager starts.",
        discussion: """
            Takes the listening socket as descriptor 0, as spawn-fcgi gives it; multiwatch keeps the workers' number:

              $ spawn-fcgi -n -b 4096 -s /run/brook/brook.sock -- \\
                  multiwatch -s TERM -r 1000000 -f 2 -- brook serve --config /etc/brook/brook.json

            SIGTERM, SIGINT, SIGQUIT: take no new requests, let running ones finish for drain_seconds, exit 0.
            SIGTERM again, a second later or more: cut off and settle what still runs.
            SIGHUP, SIGUSR2: read the settings again; what needs a restart is named in the log.
            Logs are JSON lines on standard error.
            """)

    @OptionGroup var options: SettingsOptions

    func run() throws {
        umask(0o077)
        // Before any thread exists: threads inherit the mask, and no library's handler then runs for these.
        SignalWatch.block(Worker.signals)
        let threshold = LogThreshold(.info)
        let pid = Int(getpid())
        LoggingSystem.bootstrap { label in
            JSONLogHandler(label: label, threshold: threshold, pid: pid) { StandardError.write($0) }
        }
        let logger = Logger(label: "brook")
        do {
            let settings = try options.load()
            threshold.level = settings.logLevel
            try checkSocket()
            for warning in settings.warnings {
                logger.warning("a setting may be misspelt", metadata: ["detail": "\(warning)"])
            }
            raiseDescriptorLimit(logger)
            let worker = Worker(settings: settings, file: options.config, threshold: threshold, logger: logger)
            try LoopProgram.run { () throws(CommandFailure) in try await worker.run() }
        } catch let failure as CommandFailure {
            logger.critical("brook cannot start", metadata: ["reason": "\(failure.message)"])
            // multiwatch starts a worker that ends again at once, without a pause of its own.
            sleep(1)
            throw ExitCode(failure.code.rawValue)
        }
    }

    private func checkSocket() throws(CommandFailure) {
        guard brook_is_listening(0) == 0 else { return }
        throw CommandFailure(
            "descriptor 0 is no listening socket: start it with `spawn-fcgi -n -s /run/brook.sock -- brook serve`, or "
                + "the whole of it with `./install.sh --local`", code: .usage)
    }

    /// A stream takes two descriptors: nginx's connection and the provider's.
    private func raiseDescriptorLimit(_ logger: Logger) {
        let limit = brook_raise_descriptor_limit()
        if limit < 4096 {
            logger.warning(
                "few descriptors: raise the hard limit (ulimit -Hn, LimitNOFILE)", metadata: ["limit": "\(limit)"])
        }
    }
}
