internal import CLinux
internal import Glibc

/// Signals delivered as loop events through a signalfd.
///
/// The signals are blocked for the whole process, so no handler of a library ever runs for them: libfcgi's
/// `FCGX_Init` takes SIGTERM and SIGUSR1. Block before any other thread exists, because threads inherit the mask.
@LoopActor
package final class SignalWatch {
    private let descriptor: CInt
    private var watch: Watch?

    /// Blocks `signals` in the calling thread and in every thread that it starts later.
    package nonisolated static func block(_ signals: [CInt]) {
        var set = mask(signals)
        _ = unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
    }

    /// Calls `handler` on the loop with the number of each signal that arrives.
    package init(_ signals: [CInt], handler: @escaping @LoopActor (CInt) -> Void) throws(SystemCallError) {
        var set = Self.mask(signals)
        descriptor = try systemCall("signalfd") {
            unsafe brook_signalfd(&set)
        }
        let descriptor = self.descriptor
        watch = try EventLoop.shared.watch(descriptor, for: .readable) { _ in
            var info = signalfd_siginfo()
            let size = MemoryLayout<signalfd_siginfo>.size
            while unsafe read(descriptor, &info, size) == size { handler(CInt(info.ssi_signo)) }
        }
    }

    private nonisolated static func mask(_ signals: [CInt]) -> sigset_t {
        var set = sigset_t()
        _ = unsafe sigemptyset(&set)
        for signal in signals { _ = unsafe sigaddset(&set, signal) }
        return set
    }
}
