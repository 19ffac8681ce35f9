internal import CLinux
package import EventLoop
internal import Glibc
internal import Synchronization

/// Counts in a file that all workers of an instance have mapped, so that any of them can tell what all of them did.
///
/// Each worker adds to a block of its own and holds a lock on that block's byte of the file. The system drops the lock
/// however the worker dies: then its gauges no longer count, while its counters stay, and the next worker that starts
/// goes on counting in the same block. Adding is a relaxed atomic addition, from any thread.
@safe
package final class SharedMetrics: MetricsRecorder, MetricsSource, @unchecked Sendable {
    // The mapping never moves while the object lives, and its words are only touched as atomics.
    private let words: UnsafeMutablePointer<Atomic<Int>>
    private let descriptor: CInt
    private let block: Int

    /// Maps the file, making it when there is none or it is of another version, and takes a block.
    ///
    /// - Parameter path: in a folder that only the service can write to. On a file system in memory (`/run`) the counts
    ///   begin anew at each boot; either will do.
    package init(path: String) throws(SystemCallError) {
        descriptor = try Self.open(path)
        do throws(SystemCallError) {
            block = try Self.takeBlock(descriptor)
            unsafe words = try Self.map(descriptor)
        } catch {
            close(descriptor)
            throw error
        }
        for gauge in MetricGauge.allCases {
            unsafe word(MetricsLayout.place(gauge)).pointee.store(0, ordering: .relaxed)
        }
        flock(descriptor, LOCK_UN)
    }

    deinit {
        unsafe munmap(words, MetricsLayout.fileBytes)
        close(descriptor)
    }

    package func add(_ counter: MetricCounter, _ amount: Int) {
        unsafe word(MetricsLayout.place(counter)).pointee.wrappingAdd(amount, ordering: .relaxed)
    }

    package func change(_ gauge: MetricGauge, by amount: Int) {
        unsafe word(MetricsLayout.place(gauge)).pointee.wrappingAdd(amount, ordering: .relaxed)
    }

    package func observe(_ histogram: MetricHistogram, microseconds: Int) {
        let place = MetricsLayout.place(histogram)
        let bucket = MetricsSnapshot.Distribution.bucket(of: microseconds)
        unsafe word(place + bucket).pointee.wrappingAdd(1, ordering: .relaxed)
        unsafe word(place + MetricsLayout.histogramWords - 1).pointee.wrappingAdd(microseconds, ordering: .relaxed)
    }

    /// The blocks of workers that live now. Asks the kernel about each block: for once a second, not for each request.
    package func livingBlocks() -> [Int] {
        (0..<MetricsLayout.blocks).filter { $0 == block || brook_byte_is_locked(descriptor, off_t(8 + $0)) == 1 }
    }

    /// The gauge of this worker, and its sum over the workers of `living`.
    package func share(of gauge: MetricGauge, among living: [Int]) -> MetricShare {
        let place = MetricsLayout.place(gauge)
        return MetricShare(
            own: sum(place, over: CollectionOfOne(block)), all: sum(place, over: living), workers: living.count)
    }

    package func snapshot() -> MetricsSnapshot {
        var snapshot = MetricsSnapshot()
        let all = 0..<MetricsLayout.blocks
        let living = livingBlocks()
        snapshot.workers = living.count
        for counter in MetricCounter.allCases {
            snapshot.counters[counter] = sum(MetricsLayout.place(counter), over: all)
        }
        for gauge in MetricGauge.allCases {
            snapshot.gauges[gauge] = sum(MetricsLayout.place(gauge), over: living)
        }
        for histogram in MetricHistogram.allCases {
            let place = MetricsLayout.place(histogram)
            let last = MetricsLayout.histogramWords - 1
            snapshot.histograms[histogram] = MetricsSnapshot.Distribution(
                counts: (0..<last).map { sum(place + $0, over: all) }, sumMicroseconds: sum(place + last, over: all))
        }
        return snapshot
    }

    private func sum(_ place: Int, over blocks: some Sequence<Int>) -> Int {
        blocks.reduce(0) { sum, block in
            unsafe sum &+ (words + MetricsLayout.start(ofBlock: block) + place).pointee.load(ordering: .relaxed)
        }
    }

    private func word(_ place: Int) -> UnsafeMutablePointer<Atomic<Int>> {
        unsafe words + MetricsLayout.start(ofBlock: block) + place
    }
}

extension SharedMetrics {
    /// Opens the file and answers its descriptor, locked against other workers that start.
    private static func open(_ path: String) throws(SystemCallError) -> CInt {
        while true {
            let descriptor = try systemCall("open") { unsafe brook_open(path, O_RDWR | O_CREAT, 0o600) }
            do throws(SystemCallError) {
                try systemCall("flock") { flock(descriptor, LOCK_EX) }
                if try isReady(descriptor, path) { return descriptor }
            } catch {
                close(descriptor)
                throw error
            }
            close(descriptor)
        }
    }

    /// Whether the locked file can be mapped. A new one is filled; one of another version is taken off the path, where
    /// its workers keep their mapping, and the path is to be opened again.
    private static func isReady(_ descriptor: CInt, _ path: String) throws(SystemCallError) -> Bool {
        var opened = stat()
        var current = stat()
        try systemCall("fstat") { unsafe fstat(descriptor, &opened) }
        // Whoever held the lock before may have taken the file off the path.
        guard unsafe stat(path, &current) == 0, opened.st_ino == current.st_ino else { return false }
        if opened.st_size == 0 {
            // Space is reserved now, because writing to a mapped page on a full disk kills the process.
            let code = posix_fallocate(descriptor, 0, off_t(MetricsLayout.fileBytes))
            guard code == 0 else { throw SystemCallError("posix_fallocate", code: code) }
            var stamp = MetricsLayout.stamp
            try systemCall("pwrite") { unsafe pwrite(descriptor, &stamp, 8, 0) }
            return true
        }
        var stamp: UInt64 = 0
        let count = try systemCall("pread") { unsafe pread(descriptor, &stamp, 8, 0) }
        let size = Int(opened.st_size)
        if count == 8, stamp == MetricsLayout.stamp, size == MetricsLayout.fileBytes { return true }
        try systemCall("unlink") { unsafe unlink(path) }
        return false
    }

    /// The lowest block that no living worker has. `EAGAIN` when all are taken.
    private static func takeBlock(_ descriptor: CInt) throws(SystemCallError) -> Int {
        for block in 0..<MetricsLayout.blocks where brook_lock_byte(descriptor, off_t(8 + block)) == 0 { return block }
        throw SystemCallError("fcntl(F_OFD_SETLK)", code: EAGAIN)
    }

    private static func map(
        _ descriptor: CInt
    ) throws(SystemCallError) -> UnsafeMutablePointer<Atomic<Int>> {
        let memory = unsafe mmap(nil, MetricsLayout.fileBytes, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0)
        guard let memory = unsafe memory, unsafe memory != MAP_FAILED else {
            throw SystemCallError(lastErrorOf: "mmap")
        }
        let count = MetricsLayout.fileBytes / 8
        return unsafe memory.bindMemory(to: Atomic<Int>.self, capacity: count)
    }
}
