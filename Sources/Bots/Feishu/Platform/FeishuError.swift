internal import Core

/// Why a call of the platform failed.
package enum FeishuError: Error, Sendable, Equatable {
    /// The platform answered with a code that is not 0. The message is the platform's.
    case refused(code: Int, message: String)
    /// It could not be reached, or answered no JSON.
    case unreachable(String)
    /// Its limits leave no room for the call for a while.
    case busy
    case tooLarge
    case cancelled

    init(_ error: TransportError) {
        self =
            switch error {
            case .connect(let reason), .cut(let reason), .badRequest(let reason): .unreachable(reason)
            case .timeout(let phase): .unreachable("no answer within the limit (\(phase.rawValue))")
            case .tooLarge: .tooLarge
            case .cancelled: .cancelled
            }
    }

    /// Stable, for the record of an event.
    package var reason: String {
        switch self {
        case .refused(let code, _): "platform_\(code)"
        case .unreachable: "platform_unreachable"
        case .busy: "platform_busy"
        case .tooLarge: "file_too_large"
        case .cancelled: "cancelled"
        }
    }
}
