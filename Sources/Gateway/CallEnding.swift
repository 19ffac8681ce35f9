internal import Core

/// How a call ended.
enum CallEnding {
    case complete
    case failed(GatewayError, ThreadRecord.Status)

    /// Sorts an error that ended a call.
    ///
    /// - Parameter clientLeft: the task is cancelled, and with it the provider's stream, whose own error then only tells
    ///   of the cancellation.
    init(_ error: GatewayError, clientLeft: Bool) {
        if error.isCancelled || clientLeft {
            self = .failed(.cancelled, .cancelled)
        } else if error.code == GatewayError.truncatedCode {
            self = .failed(error, .truncated)
        } else {
            self = .failed(error, .error)
        }
    }

    var status: ThreadRecord.Status {
        switch self {
        case .complete: .ok
        case .failed(_, let status): status
        }
    }

    var error: GatewayError? {
        switch self {
        case .complete: nil
        case .failed(let error, _): error
        }
    }
}
