internal import ArgumentParser
internal import Core
internal import Doctor
internal import Routes
internal import Settings

struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Look for what would keep brook from serving, and say what to do.",
        discussion: """
            Checks settings, state folder, key file, database (every page, one read and one committed write), disk space, \
            descriptor limit, clock, the programs around it, the providers of all models and the credentials for them. With \
            --socket also the workers, and nginx's configuration, as `nginx -T` prints it: buffering, timeouts, body size, \
            kept connections, TLS. No call is made that costs anything.

            One line each: ok, warn or FAIL, with the remedy. Exit code 1 when something has failed.

            Examples:
              $ brook doctor --config /etc/brook/brook.json
              # brook doctor --config /etc/brook/brook.json --socket /run/brook/brook.sock --json
            """)

    @OptionGroup var options: SettingsOptions

    @Option(help: ArgumentHelp("The workers' socket: look at it, and at nginx's way to it.", valueName: "path"))
    var socket: String?

    @Option(help: ArgumentHelp("What `nginx -T` printed, instead of asking nginx.", valueName: "file"))
    var nginxDump: String?

    @Flag(help: "Leave the network alone: no provider is asked.")
    var offline = false

    @Flag(
        help:
            "Print one JSON object: {\"findings\": [{\"verdict\", \"subject\", \"text\"}], \"failed\": true or false}.")
    var json = false

    func run() throws {
        let settings = try options.load()
        var findings = settings.warnings.map { Finding(.warning, "settings", $0) }
        findings.append(Finding(.good, "settings", "\(settings.entries.count) settings are readable"))
        findings += HostExamination.findings(settings)
        findings += stores(settings)
        if let socket {
            findings.append(HostExamination.socket(socket))
            findings += nginx(socket, settings)
        }
        let failed = findings.contains { $0.verdict == .failure }
        if json {
            let object: JSONObject = ["findings": .array(findings.map(\.json)), "failed": .bool(failed)]
            StandardOutput.write(line: JSONValue.object(object).text)
        } else {
            for finding in findings { StandardOutput.write(line: finding.line) }
        }
        if failed { throw ExitCode(CommandFailure.Code.findings.rawValue) }
    }

    private func nginx(_ socket: String, _ settings: Settings) -> [Finding] {
        do throws(CommandFailure) {
            let configuration = try NginxDump.read(file: nginxDump)
            return NginxExamination(configuration, socket: socket, maximumBody: settings.maximumBody).findings
        } catch {
            return [Finding(.warning, "nginx", error.message)]
        }
    }

    /// The database, and what stands in it about providers.
    private func stores(_ settings: Settings) -> [Finding] {
        let offline = offline
        let gathered = Gathered()
        do {
            try LoopProgram.run { () throws(CommandFailure) in
                let stores = try Composition.openStores(settings)
                do throws(StorageError) { try await stores.health.check() } catch {
                    throw CommandFailure(storage: error)
                }
                if !offline { gathered.findings = try await Composition.examineProviders(settings) }
            }
        } catch let failure as CommandFailure {
            return [Finding(.failure, "database", failure.message)]
        } catch {
            return [Finding(.failure, "database", "\(error)")]
        }
        return [Composition.examineDatabase(settings)] + gathered.findings
    }

    /// Written on the loop; read on the same thread, after the loop has ended.
    private final class Gathered: @unchecked Sendable {
        var findings: [Finding] = []
    }
}
