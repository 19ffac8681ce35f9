internal import ArgumentParser
internal import Settings
internal import Storage

struct LedgerVerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Add the ledger up anew, and name every number that its rows do not bear out.",
        discussion: """
            For every key, compares the fee of each month and the total fee with the fees of its calls, and its balance \
            with what was paid in, less what calls took off it. Each difference is one line on standard output: the key's \
            id and name, what is stored, what the rows say, in US dollars. Records of deleted keys are read, and stand \
            for themselves.

            Opens the database read-only, in one read transaction, so it may run while brook serves. Changes nothing.

            Exit codes: 0 no difference; 3 at least one; 69 the database cannot be read; 78 wrong settings.

            Example:
              $ brook ledger verify --config /etc/brook/brook.json
            """)

    @OptionGroup var options: SettingsOptions

    func run() throws {
        let settings = try options.load()
        let found = try Composition.verifyLedger(settings)
        for difference in found.differences { StandardOutput.write(line: "\(difference)") }
        let read = "\(found.keys) keys, \(found.threads) calls, \(found.payments) payments"
        let count = found.differences.count
        guard count == 0 else {
            throw CommandFailure(
                "\(settings.database): \(count) difference\(count == 1 ? "" : "s") in \(read). The calls and payments are "
                    + "the record; compare with a backup before you change anything.", code: .ledgerDiffers)
        }
        StandardOutput.write(line: "\(settings.database): \(read), no difference")
    }
}
