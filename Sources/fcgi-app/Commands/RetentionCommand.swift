internal import ArgumentParser

struct RetentionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retention", abstract: "Remove what is older than it is to be kept.",
        subcommands: [RetentionRunCommand.self])
}
