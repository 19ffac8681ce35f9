internal import ArgumentParser
internal import Core
internal import Routes
internal import Settings

struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Look for what would keep brook from serving, and say what to do.",
        discussion: """
            Checks settings, state folder, key file, database (one read and one committed write), disk space, \
            descriptor limit and the programs around it. One line each: ok, warn or FAIL. Exit code 1 when something \
            has failed.

            Example:
              $ brook doctor --config /etc/brook/brook.json
            """)

    @OptionGroup var options: SettingsOptions

    func run() throws {
        let settings = try options.load()
        var findings = settings.warnings.map { Finding(.warning, "settings", $0) }
        findings.append(Finding(.good, "settings", "\(settings.entries.count) settings are readable"))
        findings += HostExamination.findings(settings)
        findings.append(database(settings))
        for finding in findings { StandardOutput.write(line: finding.line) }
        if findings.contains(where: { $0.verdict == .failure }) {
            throw ExitCode(CommandFailure.Code.findings.rawValue)
        }
    }

    private func database(_ settings: Settings) -> Finding {
        do {
            try LoopProgram.run { () throws(CommandFailure) in
                let stores = try Composition.openStores(settings)
                do throws(StorageError) { try await stores.health.check() } catch {
                    throw CommandFailure(storage: error)
                }
            }
            return Finding(.good, "database", "\(settings.database) reads and commits")
        } catch let failure as CommandFailure {
            return Finding(.failure, "database", failure.message)
        } catch {
            return Finding(.failure, "database", "\(error)")
        }
    }
}
