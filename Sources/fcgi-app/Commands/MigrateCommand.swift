internal import ArgumentParser

struct MigrateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate",
        abstract: "Bring the database to this program's schema; make it when there is none.",
        discussion: """
            `brook serve` does the same when it starts, so this is for whoever wants to see it happen, or to do it \
            before a restart. Any number of processes may do so at once. A database of a newer brook is left alone.

            Example:
              $ brook migrate --config /etc/brook/brook.json
            """)

    @OptionGroup var options: SettingsOptions

    func run() throws {
        let settings = try options.load()
        StandardOutput.write(line: try Composition.migrate(settings))
    }
}
