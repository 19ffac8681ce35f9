internal import ArgumentParser
internal import Core
internal import Routes

struct KeyCreateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Create a key and show it, this once.",
        discussion: """
            The key is printed on standard output, or written to a new file that only you can read. It is stored only \
            as a hash, so it cannot be shown again.

            Without --month-quota an admin key has no limit, and a user key has none to spend until it is recharged.

            Examples:
              $ brook key create --name ops --role admin --print-to ~/.brook-admin.key
              $ brook key create --name ada --group research --month-quota 25.50
            """)

    enum Role: String, ExpressibleByArgument, CaseIterable {
        case admin, user
    }

    @OptionGroup var options: SettingsOptions

    @Option(help: "What the key is called in lists and records.")
    var name: String

    @Option(help: "admin may also manage; user may only call models.")
    var role: Role = .user

    @Option(help: "The name of the group that it belongs to; the group must exist.")
    var group: String?

    @Option(help: ArgumentHelp("What it may spend in a calendar month (UTC), in US dollars.", valueName: "dollars"))
    var monthQuota: String?

    @Option(help: ArgumentHelp("Write the key to this new file, mode 0600, instead of printing it.", valueName: "file"))
    var printTo: String?

    func run() throws {
        let settings = try options.load()
        let key = APIKey.generate()
        let order = KeyOrder(
            name: name, role: role == .admin ? .admin : .user, group: group, monthQuota: try monthlyQuota())
        // Before the key exists, so that a file that cannot be made costs no key.
        let file: KeyFile? = if let printTo { try KeyFile(creating: printTo) } else { nil }
        do {
            try LoopProgram.run { () throws(CommandFailure) in
                try await order.fill(key, in: try Composition.openStores(settings))
            }
        } catch {
            file?.discard()
            throw error
        }
        guard let file else { return StandardOutput.write(line: key.text) }
        try file.finish(key.text)
        StandardError.write(line: "brook: the key is in \(file.path)")
    }

    /// Nil: no limit.
    private func monthlyQuota() throws(CommandFailure) -> Money? {
        guard let monthQuota else { return role == .admin ? nil : .zero }
        guard let quota = Money(dollars: monthQuota), quota >= .zero else {
            throw CommandFailure(
                "--month-quota is \"\(monthQuota)\": give dollars from 0 to 1000000000, such as 25.50", code: .usage)
        }
        return quota
    }
}
