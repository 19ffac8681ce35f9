internal import EventLoop
internal import Glibc

/// Copies the database of a serving brook into a file of its own.
package struct Backup: Sendable, Equatable {
    package let file: String
    package let bytes: Int
    package let sha256: String
    /// Where the key file was copied to.
    package let secretKey: String?

    /// Makes `file` and `file.sha256`, both with mode 0600, each under a temporary name until it is on the disk. The copy is
    /// one committed state; workers write meanwhile. Blocks.
    ///
    /// - Parameters:
    ///   - replacing: whether files of these names may stand there already. Otherwise nothing is touched.
    ///   - secretKey: the key file, to be copied to `file.secret.key`.
    package static func make(
        of database: String, to file: String, replacing: Bool, secretKey: String?
    ) throws(BackupError) -> Backup {
        let files = BackupFiles(database: file)
        try check(files, database: database, replacing: replacing, withKey: secretKey != nil)
        let copy = try draft(of: database, for: file)
        let digest: String
        let checksum: Draft
        do throws(SystemCallError) {
            digest = try FileDigest.sha256(of: copy.path)
            checksum = try Draft(for: files.checksum, content: files.checksumLine(digest))
        } catch { throw BackupError(error, file) }
        let key = try secretKey.map { path throws(BackupError) in try Self.keyDraft(path, for: files.secretKey) }
        let bytes = (try? FileIdentity(path: copy.path))?.size ?? 0
        // The old checksum goes first: in no moment does it stand beside a file that it is not of.
        if replacing { unsafe unlink(files.checksum) }
        for draft in [key, copy, checksum].compactMap({ $0 }) {
            do throws(SystemCallError) { try draft.publish(replacing ? .replace : .keep) } catch {
                throw BackupError(error, draft.destination)
            }
        }
        return Backup(file: file, bytes: bytes, sha256: digest, secretKey: key?.destination)
    }

    private static func check(
        _ files: BackupFiles, database: String, replacing: Bool, withKey: Bool
    ) throws(BackupError) {
        guard let source = try? FileIdentity(path: database) else { throw .missing(path: database) }
        for path in [files.database, files.checksum] + (withKey ? [files.secretKey] : []) {
            guard let standing = try? FileIdentity(path: path) else { continue }
            if standing.isSameFile(as: source) { throw .isDatabase(path: path) }
            if !replacing { throw .exists(path: path) }
        }
    }

    private static func draft(of database: String, for file: String) throws(BackupError) -> Draft {
        let draft: Draft
        do throws(SystemCallError) { draft = try Draft(for: file) } catch { throw BackupError(error, file) }
        let source: Connection
        do throws(Failure) {
            source = try Connection(path: database, for: .inspection)
            guard try Schema.version(in: source) != nil else { throw Failure.unavailable("it is not brook's") }
        } catch { throw BackupError(error, database) }
        do throws(Failure) { try DatabaseCopy.write(source, to: draft.path) } catch {
            // What the copy shows of damage, the database has.
            if case .damaged = error { throw BackupError(error, database) }
            throw BackupError(error, file)
        }
        return draft
    }

    private static func keyDraft(_ path: String, for destination: String) throws(BackupError) -> Draft {
        let content: [UInt8]
        do throws(SystemCallError) { content = try SmallFile.read(path) } catch { throw BackupError(error, path) }
        do throws(SystemCallError) { return try Draft(for: destination, content: content) } catch {
            throw BackupError(error, destination)
        }
    }
}
