import Glibc
import Synchronization
import TestSupport
import Testing

@testable import Core

@Suite("A file that workers share")
struct SharedFileTests {
    private static func layout(_ stamp: UInt64) -> SharedFile.Layout {
        SharedFile.Layout(stamp: stamp, commonWords: 16, blocks: 4, blockWords: 8)
    }

    private let old = layout(0x1_0002)
    private let new = layout(0x1_0003)
    private let folder = TemporaryDirectory()

    private var path: String { folder.file("shared") }
    private var files: [String] { SharedFile.paths(ofAllLayoutsAt: path).sorted() }

    private func set(_ value: Int, in file: SharedFile) { unsafe file.word(8).pointee.store(value, ordering: .relaxed) }
    private func value(in file: SharedFile) -> Int { unsafe file.word(8).pointee.load(ordering: .relaxed) }

    @Test("stays what workers of its layout share when others of another start, whichever starts anew")
    func layouts() throws {
        let first = try SharedFile(path: path, layout: old)
        set(1, in: first)
        let upgraded = try SharedFile(path: path, layout: new)
        set(2, in: upgraded)
        #expect(files == [path + "-2", path + "-3"])
        // The upgrade has failed, and a worker of the old set is started again.
        let again = try SharedFile(path: path, layout: old)
        #expect(value(in: again) == 1)
        #expect(again.livingBlocks() == [0, 1])
        #expect(try value(in: SharedFile(path: path, layout: new)) == 2)
        withExtendedLifetime((first, upgraded)) {}
    }

    @Test("is taken away by the next start of another layout, once nobody has it open")
    func unused() throws {
        set(1, in: try SharedFile(path: path, layout: old))
        #expect(files == [path + "-2"])
        let upgraded = try SharedFile(path: path, layout: new)
        #expect(files == [path + "-3"])
        withExtendedLifetime(upgraded) {}
    }

    @Test("is told from files of others that have a similar name")
    func names() throws {
        let others = ["shared", "shared-", "shared-3.bak", "shared-00003", "shared-backup", "other-3", "ashared-3"]
        for name in others { close(open(folder.file(name), O_CREAT | O_RDWR, 0o600)) }
        let file = try SharedFile(path: path, layout: new)
        #expect(files == [path + "-3"])
        for name in others { #expect(access(folder.file(name), F_OK) == 0, "\(name)") }
        withExtendedLifetime(file) {}
    }

    @Test("that somebody is about to open is left alone")
    func opening() throws {
        let descriptor = open(path + "-2", O_CREAT | O_RDWR, 0o600)
        #expect(flock(descriptor, LOCK_EX) == 0)
        _ = try SharedFile(path: path, layout: new)
        #expect(files == [path + "-2", path + "-3"])
        close(descriptor)
        _ = try SharedFile(path: path, layout: new)
        #expect(files == [path + "-3"])
    }

    @Test("tells how many processes have it open, whatever its layout")
    func processes() throws {
        let workers = [try SharedFile(path: path, layout: old), try SharedFile(path: path, layout: old)]
        let descriptor = open(path + "-2", O_RDWR)
        defer { close(descriptor) }
        #expect(SharedFile.processes(ofFile: descriptor) == 2)
        withExtendedLifetime(workers) {}
        #expect(SharedFile.path(path, old) == path + "-2")
    }
}
