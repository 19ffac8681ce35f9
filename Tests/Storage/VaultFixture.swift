import Core
import FoundationEssentials
import Glibc
import TestSupport

@testable import Storage

/// Restores into the fixture's folder, as of its clock.
@discardableResult
func restore(
    _ file: String, _ fixture: Fixture, evenInUse: Bool = false, bringsSecretKey: Bool = false
) throws(BackupError) -> Restoration {
    try Restoration.run(
        file, to: fixture.database, secretKey: fixture.secretKey, at: fixture.clock.now, evenInUse: evenInUse,
        bringsSecretKey: bringsSecretKey)
}

/// The names in a folder, in their order.
func listing(_ folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
}

/// Overwrites 512 bytes.
func damage(_ path: String, from offset: Int) throws {
    let descriptor = open(path, O_WRONLY)
    precondition(descriptor >= 0, "cannot open \(path)")
    defer { close(descriptor) }
    let garbage = [UInt8](repeating: 0xa5, count: 512)
    precondition(pwrite(descriptor, garbage, garbage.count, off_t(offset)) == garbage.count)
}

/// Writes the checksum of the file as it is now beside it.
func seal(_ file: String) throws {
    unlink(file + ".sha256")
    let files = BackupFiles(database: file)
    _ = try SmallFile.create(files.checksum, files.checksumLine(try FileDigest.sha256(of: file)))
}
