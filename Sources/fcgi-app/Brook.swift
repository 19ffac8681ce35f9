import ArgumentParser

@main
struct Brook: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "brook", abstract: "An LLM gateway behind nginx.")
}
