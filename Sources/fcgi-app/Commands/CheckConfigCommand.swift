internal import ArgumentParser
internal import Settings

struct CheckConfigCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check-config",
        abstract: "Check the settings, and print what holds and where it comes from.",
        discussion: """
            Prints every setting with its value and its origin: the environment, the file, or the default. Secret \
            values are not shown. A wrong setting is named with its value and what it takes; the exit code is then 78.

            Example:
              $ BROOK_LOG_LEVEL=debug brook check-config --config /etc/brook/brook.json

            Settings, as environment variables; in the file they have the same names in lower case, without BROOK_:

            \(SettingsTable.help)
            """)

    @OptionGroup var options: SettingsOptions

    @Flag(help: "Print the table of settings for README.md instead.")
    var markdown = false

    func run() throws {
        if markdown {
            StandardOutput.write(line: SettingsTable.markdown)
            return
        }
        let settings = try options.load()
        StandardOutput.write(line: SettingsTable.effective(settings))
        for warning in settings.warnings { StandardError.write(line: "brook: warning: \(warning)") }
    }
}
