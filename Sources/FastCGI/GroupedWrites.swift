internal import CLinux

/// Several writes to sockets in one system call (`io_submit(2)`).
///
/// A kernel without it, or a sandbox that forbids it, is no fault: then there is no such group. Used by one thread.
@safe
final class GroupedWrites {
    /// Writes of one system call.
    static let capacity = 64
    /// Bytes of them together. A larger write is its own system call.
    static let space = 128 * 1024

    private var context: aio_context_t = 0
    private let bytes: UnsafeMutableRawPointer
    private let blocks: UnsafeMutablePointer<iocb>
    private let pointers: UnsafeMutablePointer<UnsafeMutablePointer<iocb>?>
    private let outcomes: UnsafeMutablePointer<io_event>
    private var count = 0
    private var used = 0

    init?() {
        unsafe bytes = .allocate(byteCount: Self.space, alignment: 16)
        unsafe blocks = .allocate(capacity: Self.capacity)
        unsafe pointers = .allocate(capacity: Self.capacity)
        unsafe outcomes = .allocate(capacity: Self.capacity)
        for index in 0..<Self.capacity { unsafe (pointers + index).initialize(to: blocks + index) }
        guard unsafe brook_aio_setup(UInt32(Self.capacity), &context) == 0 else { return nil }
    }

    deinit {
        unsafe bytes.deallocate()
        unsafe blocks.deallocate()
        unsafe pointers.deallocate()
        unsafe outcomes.deallocate()
    }

    /// Takes a copy of `content` for ``submit()``. False when there is no room for it.
    func add(_ content: [UInt8], to descriptor: CInt) -> Bool {
        guard count < Self.capacity, used + content.count <= Self.space else { return false }
        let place = unsafe bytes + used
        unsafe content.withUnsafeBytes { source in
            if let base = source.baseAddress { unsafe place.copyMemory(from: base, byteCount: source.count) }
        }
        unsafe (blocks + count).initialize(
            to: brook_aio_write(descriptor, place, content.count, UInt64(count)))
        count += 1
        used += content.count
        return true
    }

    /// Writes all of them, and tells of each, in the order in which they were added, whether all its bytes were taken.
    /// Waits where a socket has no room.
    func submit() -> [Bool] {
        var isWhole = [Bool](repeating: false, count: count)
        var done = 0
        while done < count {
            let taken = unsafe brook_aio_submit(context, count - done, pointers + done)
            if taken > 0 {
                fetch(taken, &isWhole)
                done += taken
            } else if taken < 0, brook_errno() == EINTR {
                continue
            } else {
                // The kernel does not take the first one, such as that of a descriptor that is closed.
                done += 1
            }
        }
        count = 0
        used = 0
        return isWhole
    }

    /// Notes what became of `taken` writes. They are done, so nothing is waited for.
    private func fetch(_ taken: Int, _ isWhole: inout [Bool]) {
        var fetched = 0
        while fetched < taken {
            let got = unsafe brook_aio_fetch(context, taken - fetched, outcomes)
            if got < 0, brook_errno() == EINTR { continue }
            guard got > 0 else { return }
            for index in 0..<got {
                let outcome = unsafe outcomes[index]
                let write = Int(outcome.data)
                isWhole[write] = unsafe UInt64(bitPattern: outcome.res) == blocks[write].aio_nbytes
            }
            fetched += got
        }
    }
}
