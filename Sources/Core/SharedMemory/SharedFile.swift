internal import CLinux
package import EventLoop
internal import Glibc
package import Synchronization

/// A file that every worker of an instance has mapped: a common part, then a block for each worker.
///
/// A worker holds a lock on its block's byte of the file. The system drops the lock however the worker dies; the others
/// can ask for it, and the next worker that starts takes the block over with what stands in it. All words are read and
/// written as atomics.
@safe
package final class SharedFile: @unchecked Sendable {
    // The mapping never moves while the object lives, and its words are only touched as atomics.

    /// Sizes in words of 8 bytes.
    package struct Layout: Sendable {
        /// Stands in the first word, and its last 16 bits in the file's name; a file with another stamp is never mapped.
        package let stamp: UInt64
        /// What all workers share, the stamp among it.
        package let commonWords: Int
        package let blocks: Int
        package let blockWords: Int

        package init(stamp: UInt64, commonWords: Int, blocks: Int, blockWords: Int) {
            self.stamp = stamp
            self.commonWords = commonWords
            self.blocks = blocks
            self.blockWords = blockWords
        }

        package var bytes: Int { (commonWords + blocks * blockWords) * 8 }
        /// The start of a block, in words from the start of the file.
        package func start(ofBlock block: Int) -> Int { commonWords + block * blockWords }
    }

    package let layout: Layout
    /// The block of this worker.
    package let block: Int
    private let descriptor: CInt
    private let words: UnsafeMutablePointer<Atomic<Int>>

    /// Maps the file, making it when there is none, and takes a block.
    ///
    /// - Parameters:
    ///   - path: in a folder that only the service can write to; to it the layout is added.
    ///   - prepare: called with the first word, while no other process can open the file, if no other has it open: also
    ///     after a restart of the machine, when what the file says of processes is void.
    package init(
        path: String, layout: Layout, prepare: (SharedFile) -> Void = { _ in }
    ) throws(SystemCallError) {
        precondition(layout.blocks <= Self.mostBlocks)
        self.layout = layout
        let own = Self.path(path, layout)
        descriptor = try Self.open(own, layout)
        do throws(SystemCallError) {
            block = try Self.takeBlock(descriptor, layout)
            unsafe words = try Self.map(descriptor, layout)
        } catch {
            close(descriptor)
            throw error
        }
        if livingBlocks().count == 1 { prepare(self) }
        Self.removeUnused(besides: own, at: path)
        flock(descriptor, LOCK_UN)
    }

    deinit {
        unsafe munmap(words, layout.bytes)
        close(descriptor)
    }

    /// A word of the common part or of a block, counted from the start of the file.
    @unsafe package func word(_ index: Int) -> UnsafeMutablePointer<Atomic<Int>> { unsafe words + index }

    /// Whether a worker has the block. Asks the kernel.
    package func isLiving(_ other: Int) -> Bool {
        other == block || brook_byte_is_locked(descriptor, Self.lockByte(of: other)) == 1
    }

    /// The blocks of workers that live now. Asks the kernel about each: for once a second, not for each request.
    package func livingBlocks() -> [Int] { (0..<layout.blocks).filter(isLiving) }

    static func lockByte(of block: Int) -> off_t { off_t(8 + block) }
}

extension SharedFile {
    /// Opens the file and answers its descriptor, locked against other workers that start.
    private static func open(_ path: String, _ layout: Layout) throws(SystemCallError) -> CInt {
        while true {
            let descriptor = try systemCall("open") { unsafe brook_open(path, O_RDWR | O_CREAT, 0o600) }
            do throws(SystemCallError) {
                try systemCall("flock") { flock(descriptor, LOCK_EX) }
                if try isReady(descriptor, path, layout) { return descriptor }
            } catch {
                close(descriptor)
                throw error
            }
            close(descriptor)
        }
    }

    /// Whether the locked file can be mapped. A new one is filled; what is no file of the layout is taken off the path,
    /// where who has it open keeps it, and the path is to be opened again.
    private static func isReady(_ descriptor: CInt, _ path: String, _ layout: Layout) throws(SystemCallError) -> Bool {
        var opened = stat()
        var current = stat()
        try systemCall("fstat") { unsafe fstat(descriptor, &opened) }
        // Whoever held the lock before may have taken the file off the path.
        guard unsafe stat(path, &current) == 0, opened.st_ino == current.st_ino else { return false }
        if opened.st_size == 0 {
            try reserve(descriptor, words: 0..<layout.commonWords)
            try systemCall("ftruncate") { ftruncate(descriptor, off_t(layout.bytes)) }
            var stamp = layout.stamp
            try systemCall("pwrite") { unsafe pwrite(descriptor, &stamp, 8, 0) }
            return true
        }
        var stamp: UInt64 = 0
        let count = try systemCall("pread") { unsafe pread(descriptor, &stamp, 8, 0) }
        if count == 8, stamp == layout.stamp, Int(opened.st_size) == layout.bytes { return true }
        try systemCall("unlink") { unsafe unlink(path) }
        return false
    }

    /// The lowest block that no living worker has. `EAGAIN` when all are taken.
    private static func takeBlock(_ descriptor: CInt, _ layout: Layout) throws(SystemCallError) -> Int {
        for block in 0..<layout.blocks where brook_lock_byte(descriptor, lockByte(of: block)) == 0 {
            let start = layout.start(ofBlock: block)
            try reserve(descriptor, words: start..<(start + layout.blockWords))
            return block
        }
        throw SystemCallError("fcntl(F_OFD_SETLK)", code: EAGAIN)
    }

    /// Space is reserved before, because writing to a mapped page on a full disk kills the process.
    private static func reserve(_ descriptor: CInt, words: Range<Int>) throws(SystemCallError) {
        let code = posix_fallocate(descriptor, off_t(words.lowerBound * 8), off_t(words.count * 8))
        guard code == 0 else { throw SystemCallError("posix_fallocate", code: code) }
    }

    private static func map(
        _ descriptor: CInt, _ layout: Layout
    ) throws(SystemCallError) -> UnsafeMutablePointer<Atomic<Int>> {
        let memory = unsafe mmap(nil, layout.bytes, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0)
        guard let memory = unsafe memory, unsafe memory != MAP_FAILED else {
            throw SystemCallError(lastErrorOf: "mmap")
        }
        return unsafe memory.bindMemory(to: Atomic<Int>.self, capacity: layout.bytes / 8)
    }
}
