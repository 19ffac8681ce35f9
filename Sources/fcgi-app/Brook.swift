internal import ArgumentParser

/// The program. Each subcommand is a file in `Commands`; what they work on is put together in ``Composition``.
@main
struct Brook: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "brook",
        abstract: "An LLM gateway behind nginx: keys, quotas and a ledger in front of AWS Bedrock and other providers.",
        discussion: """
            Settings come from the environment (BROOK_…) over one JSON file (--config, or BROOK_CONFIG) over defaults; \
            `brook check-config` shows what holds.

            Exit codes: 0 done; 1 something was found wrong; 3 the ledger does not add up; 64 wrong use; 69 the database \
            cannot be used; 73 a file cannot be made; 78 wrong settings.
            """,
        version: "brook \(Version.current)",
        subcommands: [
            ServeCommand.self, MigrateCommand.self, KeyCommand.self, BootstrapCommand.self, LedgerCommand.self,
            RetentionCommand.self, BackupCommand.self, RestoreCommand.self, DoctorCommand.self, ProbeCommand.self,
            CheckConfigCommand.self,
            VersionCommand.self,
        ])

    /// Instead of the library's own, so that failures of ours are one line and carry their own exit code.
    static func main() {
        do {
            var command = try parseAsRoot()
            try command.run()
        } catch let failure as CommandFailure {
            StandardError.write(line: "brook: \(failure.message)")
            exit(withError: ExitCode(failure.code.rawValue))
        } catch {
            exit(withError: error)
        }
    }
}
