extension EventLoop: SerialExecutor, TaskExecutor {
    package func enqueue(_ job: consuming ExecutorJob) {
        submit(.job(UnownedJob(job)))
    }

    package func asUnownedSerialExecutor() -> UnownedSerialExecutor {
        unsafe UnownedSerialExecutor(ordinary: self)
    }

    package func asUnownedTaskExecutor() -> UnownedTaskExecutor {
        unsafe UnownedTaskExecutor(ordinary: self)
    }

    /// Called by the runtime where it cannot see the isolation itself, as in callbacks that come from `epoll_wait`.
    package func checkIsolated() {
        precondition(isCurrent, "this code must run on the event loop")
    }

    package func isIsolatingCurrentContext() -> Bool? { isCurrent }
}
