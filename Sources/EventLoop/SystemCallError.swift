internal import CLinux
internal import Glibc

/// A Linux call that failed: which one, and the `errno` it left.
package struct SystemCallError: Error, Equatable, CustomStringConvertible {
    package let call: String
    package let code: Int32

    package init(_ call: String, code: Int32) {
        self.call = call
        self.code = code
    }

    /// Reads `errno`; make it the first thing done after the failing call.
    package init(lastErrorOf call: String) {
        self.init(call, code: brook_errno())
    }

    package var description: String {
        "\(call): \(unsafe String(cString: strerror(code))) (errno \(code))"
    }
}

/// Runs a Linux call that answers a negative number on failure, repeating it when a signal interrupted it.
///
/// `close` must not go through here: Linux has released the descriptor even when it answers `EINTR`.
@discardableResult
package func systemCall<Result: SignedInteger>(
    _ name: String, _ body: () -> Result
) throws(SystemCallError) -> Result {
    while true {
        let result = body()
        if result >= 0 { return result }
        let error = SystemCallError(lastErrorOf: name)
        if error.code != EINTR { throw error }
    }
}
