internal import CLinux
internal import EventLoop

/// Hands memory back once a worker has had nothing to do for a whole interval: what a burst of calls took from the heap,
/// and the pages of code that they touched.
struct IdleMemory {
    private var served = 0
    private var isReleased = true

    /// To be called once an interval.
    ///
    /// - Parameters:
    ///   - served: requests that have begun since the worker started.
    ///   - active: those that have not ended.
    mutating func look(served: Int, active: Int) {
        let wasIdle = served == self.served && active == 0
        self.served = served
        guard wasIdle else {
            isReleased = false
            return
        }
        guard !isReleased else { return }
        isReleased = true
        // Both take milliseconds that a call which comes now should not wait for.
        HelperPool.shared.submit {
            brook_trim_heap()
            CodePages.release()
        }
    }
}
