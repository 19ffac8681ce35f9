internal import ArgumentParser
internal import Core
internal import FoundationEssentials
internal import Routes
internal import Settings

struct BootstrapCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bootstrap",
        abstract: "Make the first records of a new instance: an admin key, a group and a model to try.",
        discussion: """
            Makes what is missing and leaves the rest alone, so it can be run at every start. The admin key is the one \
            in the file that --admin-key-file names; when there is no such file it is taken from BROOK_ADMIN_KEY, or \
            made, and written there with mode 0600. The model answers from the gateway itself (provider echo).

            Example:
              $ brook bootstrap --admin-key-file /var/lib/brook/admin.key
            """)

    @OptionGroup var options: SettingsOptions

    @Option(help: ArgumentHelp("Where the admin key is, or will be.", valueName: "file"))
    var adminKeyFile: String

    @Option(help: "The group's name.")
    var group = "default"

    @Option(help: "The model's name.")
    var model = "demo"

    func run() throws {
        let settings = try options.load()
        let key = try adminKey(settings)
        let group = group
        let model = model
        let file = adminKeyFile
        try LoopProgram.run { () throws(CommandFailure) in
            let bootstrap = Bootstrap(stores: try Composition.openStores(settings))
            let outcome = try await bootstrap.run(key: key, groupName: group, modelName: model)
            for thing in outcome.made { StandardOutput.write(line: "made \(thing)") }
            if outcome.isKeyReplaced {
                StandardOutput.write(
                    line: "the key in \(file) was replaced since and stays out of use: put the new one there")
            }
        }
    }

    /// The file is written before the key is stored: were it the other way round, an interruption would leave a key that
    /// nobody knows.
    private func adminKey(_ settings: Settings) throws(CommandFailure) -> APIKey {
        if FileManager.default.fileExists(atPath: adminKeyFile) { return try keptKey() }
        let chosen = settings.adminKey.flatMap { APIKey($0) }
        let key = chosen ?? APIKey.generate()
        let file = try KeyFile(creating: adminKeyFile)
        do {
            try file.finish(key.text)
        } catch {
            file.discard()
            throw error
        }
        return key
    }

    private func keptKey() throws(CommandFailure) -> APIKey {
        guard let data = try? Data(contentsOf: URL(filePath: adminKeyFile)) else {
            throw CommandFailure("cannot read \(adminKeyFile): it must be a file of yours", code: .cannotCreate)
        }
        let text = String(decoding: data, as: UTF8.self).trimmingSpace()
        guard let key = APIKey(text), text.hasPrefix("br-") || text.hasPrefix("br_"), text.utf8.count >= 27 else {
            throw CommandFailure(
                "\(adminKeyFile) holds no key: remove it, and a new key will be made", code: .cannotCreate)
        }
        return key
    }
}
