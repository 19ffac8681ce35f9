internal import ArgumentParser
internal import Settings
internal import Storage

struct BackupCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Copy the database into a file of its own, while brook serves.",
        discussion: """
            Writes one committed state of the database to FILE, and its SHA-256 to FILE.sha256, for `sha256sum -c`. Both \
            have mode 0600, are made under temporary names in the same folder, read back and synced, and then renamed. \
            Provider secrets in FILE are encrypted, and keys are there only as hashes; prompts and answers are as they \
            were recorded.

            The key file that opens the provider secrets is not in FILE. Without it they are lost: keep it too, but \
            somewhere else. --with-secret-key copies it to FILE.secret.key.

            Exit codes: 0 done; 69 the database cannot be read, or is damaged; 73 a file cannot be made.

            Examples:
              $ brook backup /var/backups/brook-$(date +%F).db --config /etc/brook/brook.json
              $ brook backup /var/backups/brook.db --force
            """)

    @OptionGroup var options: SettingsOptions

    @Argument(help: "The file to make; its folder must exist.")
    var file: String

    @Flag(help: "Replace files of that name.")
    var force = false

    @Flag(help: "Copy the key file too, to FILE.secret.key. Whoever has both can read the provider secrets.")
    var withSecretKey = false

    func run() throws {
        let settings = try options.load()
        let made = try Composition.backUp(settings, to: file, replacing: force, withSecretKey: withSecretKey)
        StandardOutput.write(line: "\(made.file): \(made.bytes) bytes, SHA-256 \(made.sha256)")
        if let key = made.secretKey {
            StandardOutput.write(line: "\(key): the key file; move it to another place than the backup")
        } else {
            StandardOutput.write(
                line: "\(settings.secretKeyFile) is not in it: keep a copy of that file too, in another place")
        }
    }
}
