package import Core

extension SQLiteStorage: Ledger {
    package func admit(_ request: HoldRequest) async throws(StorageError) -> Admission {
        let clock = clock
        let owner = owner
        return try await write(.admissions) { connection throws(Failure) in
            // Read only now: the request may have waited for other commits.
            let now = clock.now
            try HoldTable.dropExpired(of: request.keyID, at: now, on: connection)
            guard let account = try AccountTable.find(request.keyID, month: request.month, on: connection),
                !account.isDisabled
            else { return .gone }
            if let end = account.expiresAt, end <= now { return .gone }
            switch account.purse.verdict(on: request.amount) {
            case .held: return .held
            case .exhausted: return .exhausted
            case .admitted:
                return .admitted(
                    try HoldTable.place(request, on: account.purse, owner: owner, at: now, on: connection))
            }
        }
    }

    @discardableResult
    package func settle(_ settlement: Settlement) async throws(StorageError) -> ThreadID {
        let now = clock.now
        return try await write(settlement.call.isStream ? .patient : .durable) { connection throws(Failure) in
            // Nil when the sweep has taken it: the call took place all the same, and is billed.
            var hold: Money?
            var mayBeKnown = settlement.isRepeated
            if let id = settlement.hold {
                hold = try HoldTable.remove(id, of: settlement.keyID, on: connection)
                mayBeKnown = hold == nil
            }
            if mayBeKnown, let known = try ThreadTable.find(settledBefore: settlement, on: connection) { return known }
            let part = try AccountTable.charge(settlement, releasing: hold, at: now, on: connection)
            var session: SessionID?
            if let reference = settlement.session {
                session = try SessionTable.count(settlement, in: reference, at: now, on: connection)
            }
            return try ThreadTable.insert(
                settlement, session: session, balancePart: part, at: now, on: connection)
        }
    }

    /// Removes holds that have expired or whose process has ended; answers how many. To be called every 10 seconds.
    @discardableResult
    package func sweepHolds() async throws(StorageError) -> Int {
        let now = clock.now
        let owner = owner
        // Mostly there is nothing to do, and then the writer is left alone.
        let hasWork = try await scan { connection throws(Failure) in
            if try HoldTable.hasExpired(at: now, on: connection) { return true }
            return try !HoldTable.deadOwners(seenBy: owner, on: connection).isEmpty
        }
        guard hasWork else { return 0 }
        return try await write(.admissions) { connection throws(Failure) in
            try HoldTable.sweep(owner: owner, at: now, on: connection)
        }
    }
}
