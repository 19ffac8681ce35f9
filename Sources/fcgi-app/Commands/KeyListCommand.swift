internal import ArgumentParser
internal import Core
internal import Routes
internal import Settings

struct KeyListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List keys, newest first.",
        discussion: """
            Keys are shown masked: the first 6 and last 4 characters. Money is in US dollars, of this calendar month \
            (UTC).

            Examples:
              $ brook key list
              $ brook key list --name ada --limit 5
            """)

    @OptionGroup var options: SettingsOptions

    @Option(help: "Only keys whose name or e-mail address has this in it.")
    var name: String?

    @Option(help: "How many to show, 1-1000.")
    var limit = 100

    func validate() throws {
        guard (1...1000).contains(limit) else {
            throw ValidationError("--limit is \(limit): give a number from 1 to 1000")
        }
    }

    func run() throws {
        let settings = try options.load()
        let filter = KeyFilter(text: name)
        let limit = limit
        try LoopProgram.run { () throws(CommandFailure) in
            let stores = try Composition.openStores(settings)
            let page: Page<KeyRecord>
            do throws(StorageError) {
                page = try await stores.keys.keys(
                    filter, page: PageRequest(limit: limit), month: SystemClock().now.month)
            } catch {
                throw CommandFailure(storage: error)
            }
            StandardOutput.write(line: SettingsTable.aligned(Self.rows(page.items)))
            if page.total > page.items.count {
                StandardError.write(line: "brook: \(page.items.count) of \(page.total) keys; more with --limit")
            }
        }
    }

    private static func rows(_ keys: [KeyRecord]) -> [[String]] {
        let head = ["ID", "NAME", "ROLE", "GROUP", "KEY", "QUOTA", "SPENT", "BALANCE", "STATE"]
        return [head]
            + keys.map { key in
                [
                    "\(key.id)", key.name, key.role.rawValue, key.groupName ?? "-", key.maskedKey,
                    key.monthQuota?.dollars ?? "no limit", key.monthFee.dollars, key.balance.dollars, state(key),
                ]
            }
    }

    private static func state(_ key: KeyRecord) -> String {
        if key.isDisabled { return "disabled" }
        if let end = key.expiresAt, end <= SystemClock().now { return "expired" }
        return "ok"
    }
}
