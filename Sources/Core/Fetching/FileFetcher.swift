package import EventLoop

/// Fetches files from addresses that a client chose, and must therefore reach nothing that the client could not reach.
@LoopActor
package protocol FileFetcher: Sendable {
    /// The file behind an `http` or `https` URL. Cancelling the task ends it at once.
    func fetch(
        _ url: String, by policy: FetchPolicy, within budget: FetchBudget
    ) async throws(FetchError) -> FetchedFile
}

/// A file as a server gave it.
package struct FetchedFile: Sendable, Equatable {
    package let bytes: [UInt8]
    /// The server's `Content-Type`, which may be wrong; nil when it named none.
    package let declaredType: String?

    package init(bytes: [UInt8], declaredType: String?) {
        self.bytes = bytes
        self.declaredType = declaredType
    }
}

/// Why a file is not there. A client is told of `tooLarge` and `tooMuch` alone: the others would say what answers behind an
/// address, and what does not.
package enum FetchError: Error, Sendable, Equatable {
    /// The URL, its port or an address of its host is not allowed.
    case refused
    /// No answer, no good answer, or one cut short.
    case failed
    case timedOut
    /// More than ``FetchPolicy/largestFile``.
    case tooLarge
    /// More than is left of the ``FetchBudget``.
    case tooMuch
    case cancelled
}

/// The bytes that the files of one request may have together.
@LoopActor
package final class FetchBudget {
    private var left: Int

    package init(_ bytes: Int) { left = bytes }

    /// False when fewer are left.
    package func take(_ count: Int) -> Bool {
        guard count <= left else { return false }
        left -= count
        return true
    }
}
