internal import CSwiftRuntime

extension EventLoop {
    /// Has the loop run all jobs of the process that no executor is named for, from now on: what resumes a continuation,
    /// and code that is isolated to nothing. For a process whose asynchronous work is all the loop's; in any other, such
    /// as a test's, tasks say by a preference that they are the loop's, which the runtime looks up at each call and return.
    /// See ADR 23.
    ///
    /// To be called once, before the first task is started.
    package func becomeGlobalExecutor() {
        isGlobalExecutor = true
        unsafe brook_take_global_jobs { job in
            guard let job = unsafe job else { return }
            EventLoop.shared.submit(.job(unsafe unsafeBitCast(job, to: UnownedJob.self)))
        }
    }
}
