internal import Core

extension CommandFailure {
    /// What a store could not do, as a line for a person.
    init(storage error: StorageError) {
        switch error {
        case .unavailable(let reason):
            self.init("the database cannot be used, \(reason): `brook doctor` looks for the cause", code: .storage)
        case .notFound(let what):
            self.init("there is no \(what): give one that exists", code: .usage)
        case .conflict(let field, let message):
            self.init("\(field) cannot be that: \(message)", code: .usage)
        case .unknownReference(let field):
            self.init("\(field) names nothing that exists: give one that does", code: .usage)
        }
    }
}
