internal import ArgumentParser

struct VersionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "version",
        abstract: "Print the program's version.",
        discussion: """
            Example:
              $ brook version
              brook \(Version.current)
            """)

    func run() { StandardOutput.write(line: "brook \(Version.current)") }
}
