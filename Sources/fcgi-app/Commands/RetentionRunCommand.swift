internal import ArgumentParser
internal import Core
internal import EventLoop
internal import Settings
internal import Storage

struct RetentionRunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Remove texts and records of calls that are older than the settings say, now.",
        discussion: """
            Workers do the same by themselves, every minute. This is for seeing what a setting would remove (--dry-run), \
            and for doing it before they are started with it. It may run while brook serves: it works in small batches \
            with pauses in between, and can be stopped at any time and go on later.

            text_retention_days removes prompts and answers, and leaves the record with its tokens and fee. \
            record_retention_days removes the record; what it cost stays in the sums of its key and in statistics. \
            Records of this month and of the month before (UTC) stay, and so does the newest one.

            Exit codes: 0 done; 69 the database cannot be used; 78 wrong settings, or none of the two is set.

            Examples:
              $ BROOK_TEXT_RETENTION_DAYS=30 brook retention run --dry-run --config /etc/brook/brook.json
              $ brook retention run --config /etc/brook/brook.json
            """)

    /// How often a long run tells how far it has come.
    private static let progressInterval = Duration.seconds(5)

    @OptionGroup var options: SettingsOptions

    @Flag(help: "Only tell how much would be removed.")
    var dryRun = false

    func run() throws {
        let settings = try options.load()
        guard !Composition.retention(settings).keepsEverything else {
            throw CommandFailure(
                "text_retention_days and record_retention_days are 0, so everything is kept: set one of them, in the "
                    + "settings file or as BROOK_TEXT_RETENTION_DAYS or BROOK_RECORD_RETENTION_DAYS", code: .settings)
        }
        let dryRun = dryRun
        try LoopProgram.run { () throws(CommandFailure) in
            let due = try await Composition.dueForRetention(settings)
            if dryRun {
                StandardOutput.write(
                    line: "\(settings.database): would remove \(due.records) records, and the texts of up to "
                        + "\(due.texts) others")
                return
            }
            try await Self.remove(due, settings)
        }
    }

    @LoopActor
    private static func remove(_ due: RetentionCount, _ settings: Settings) async throws(CommandFailure) {
        var told = ContinuousClock.now
        let done = try await Composition.runRetention(settings) { count in
            guard ContinuousClock.now - told >= progressInterval else { return }
            told = .now
            StandardError.write(
                line: "brook: removed \(count.records) of \(due.records) records, the texts of \(count.texts) of "
                    + "\(due.texts) others")
        }
        StandardOutput.write(
            line: "\(settings.database): removed \(done.removed.records) records, and the texts of "
                + "\(done.removed.texts) others; \(done.size.free) of \(done.size.total) bytes are free")
    }
}
