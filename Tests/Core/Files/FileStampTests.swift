import Core
import FoundationEssentials
import Glibc
import TestSupport
import Testing

@Suite struct FileStampTests {
    @Test("A stamp changes with the file's content and with another file in its place, and follows links")
    func changes() throws {
        let folder = TemporaryDirectory()
        let path = folder.file("a")
        #expect(FileStamp(path: path) == nil)
        try "one".write(toFile: path, atomically: false, encoding: .utf8)
        let first = try #require(FileStamp(path: path))
        #expect(FileStamp(path: path) == first)
        #expect(first.size == 3)
        symlink(path, folder.file("link"))
        #expect(FileStamp(path: folder.file("link")) == first)
        try "longer".write(toFile: path, atomically: false, encoding: .utf8)
        #expect(FileStamp(path: path) != first)
        rename(path, folder.file("b"))
        try "one".write(toFile: path, atomically: false, encoding: .utf8)
        #expect(FileStamp(path: path) != first)
    }
}
