internal import ArgumentParser
internal import Settings
internal import Storage

struct RestoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Put a backup in the place of the database.",
        discussion: """
            Takes a FILE that `brook backup` made, with FILE.sha256 beside it. Copies it beside the database, checks the \
            checksum, the whole database and its schema, and brings an older schema to this program's; only then does it \
            take the database's place. The old database is kept as brook.db.before-restore-<UTC time>.

            Refuses while workers have the database open, which the kernel's locks tell. --force restores all the same: \
            running workers go over to the restored file by themselves, and calls that they settle at that moment may be \
            lost.

            Run it as the user that brook runs as, or as root.

            Exit codes: 0 done; 69 the backup cannot be used, or the database is in use; 73 a file cannot be made.

            Example:
              $ systemctl stop brook
              $ brook restore /var/backups/brook-2026-11-21.db --config /etc/brook/brook.json
              $ brook ledger verify --config /etc/brook/brook.json && systemctl start brook
            """)

    @OptionGroup var options: SettingsOptions

    @Argument(help: "The backup.")
    var file: String

    @Flag(help: "Restore even though processes have the database open.")
    var force = false

    @Flag(help: "Put FILE.secret.key in its place too, where there is no other key file.")
    var withSecretKey = false

    func run() throws {
        let settings = try options.load()
        let done = try Composition.restore(file, settings, evenInUse: force, bringsSecretKey: withSecretKey)
        let schema =
            done.schemaBefore == done.schema
            ? "schema \(done.schema)" : "schema \(done.schema), brought from \(done.schemaBefore)"
        StandardOutput.write(line: "\(settings.database): restored from \(file), \(schema)")
        if let kept = done.kept { StandardOutput.write(line: "\(kept): the database that was there before") }
        warn(done.secretKeys, settings)
    }

    private func warn(_ keys: Restoration.SecretKeys, _ settings: Settings) {
        let trouble: String
        switch keys {
        case .fit: return
        case .missing: trouble = "there is no key file \(settings.secretKeyFile)"
        case .different: trouble = "the key file \(settings.secretKeyFile) is not the one that belongs to this backup"
        }
        StandardError.write(
            line: "brook: warning: \(trouble), so brook cannot start. Put the key file there that was kept with the "
                + "backup, with mode 0600.")
    }
}
