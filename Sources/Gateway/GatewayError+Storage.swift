internal import Core

extension GatewayError {
    /// What a client is told when a store fails during a call: 503, whatever the failure was.
    static func storage(_ error: StorageError) -> GatewayError {
        switch error {
        case .unavailable(let cause): .storageUnavailable(cause: cause)
        case .notFound(let row): .storageUnavailable(cause: "no such \(row)")
        case .conflict(let field, _): .storageUnavailable(cause: "conflict in \(field)")
        case .unknownReference(let field): .storageUnavailable(cause: "\(field) names no row")
        }
    }
}
