internal import Core
internal import Settings
internal import Storage

/// What the commands do with the database as a whole.
extension Composition {
    static func verifyLedger(_ settings: Settings) throws(CommandFailure) -> LedgerVerification {
        do throws(StorageOpenError) {
            return try LedgerVerification.run(database: settings.database)
        } catch {
            throw CommandFailure("\(error)", code: .storage)
        }
    }

    static func backUp(
        _ settings: Settings, to file: String, replacing: Bool, withSecretKey: Bool
    ) throws(CommandFailure) -> Backup {
        do throws(BackupError) {
            return try Backup.make(
                of: settings.database, to: file, replacing: replacing,
                secretKey: withSecretKey ? settings.secretKeyFile : nil)
        } catch {
            throw CommandFailure(backup: error)
        }
    }

    static func restore(
        _ file: String, _ settings: Settings, evenInUse: Bool, bringsSecretKey: Bool
    ) throws(CommandFailure) -> Restoration {
        do throws(BackupError) {
            return try Restoration.run(
                file, to: settings.database, secretKey: settings.secretKeyFile, at: SystemClock().now,
                evenInUse: evenInUse, bringsSecretKey: bringsSecretKey)
        } catch {
            throw CommandFailure(backup: error)
        }
    }
}

extension CommandFailure {
    fileprivate init(backup error: BackupError) {
        let code: Code =
            switch error {
            case .exists, .isDatabase, .file, .full, .differentSecretKey: .cannotCreate
            case .missing, .damaged, .noChecksum, .wrongChecksum, .foreign, .newerSchema, .inUse, .engine: .storage
            }
        self.init("\(error)", code: code)
    }
}
