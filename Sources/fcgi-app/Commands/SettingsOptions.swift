internal import ArgumentParser
internal import Settings

/// The option that every command with settings takes.
struct SettingsOptions: ParsableArguments {
    @Option(name: .long, help: ArgumentHelp("The settings file (JSON); else BROOK_CONFIG.", valueName: "file"))
    var config: String?

    func load() throws(CommandFailure) -> Settings { try ProcessEnvironment.settings(file: config) }
}
