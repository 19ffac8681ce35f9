internal import ArgumentParser

struct KeyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key",
        abstract: "Create and list keys.",
        discussion: """
            These commands work on the database directly and need no key of their own, so they are for whoever can \
            read the state folder. A running gateway sees a new key at its next request.
            """,
        subcommands: [KeyCreateCommand.self, KeyListCommand.self])
}
