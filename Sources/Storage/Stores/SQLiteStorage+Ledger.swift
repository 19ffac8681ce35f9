package import Core

extension SQLiteStorage: Ledger {
    package func admit(_ request: HoldRequest) throws(StorageError) -> Admission {
        guard request.amount != nil else { return admitWithoutQuota(request) }
        let catalog = holds.catalogGeneration
        if let known = cache.account(request.keyID, month: request.month, generation: catalog) {
            switch place(request, on: known) {
            case .placed(let hold): return .admitted(hold)
            case .limited(let refusal): return .limited(refusal)
            case .refused, .outdated: break
            }
        }
        while true {
            let moment = holds.moment(of: request.keyID)
            let found = try lookup { connection throws(Failure) in
                try AccountTable.find(request.keyID, month: request.month, on: connection)
            }
            guard let account = found, !account.isDisabled else { return .gone }
            if let end = account.expiresAt, end <= clock.now { return .gone }
            let read = LookupCache.Account(purse: account.purse, month: request.month, moment: moment)
            cache.note(read, of: request.keyID, generation: catalog)
            switch place(request, on: read) {
            case .placed(let hold): return .admitted(hold)
            case .limited(let refusal): return .limited(refusal)
            case .refused(.exhausted): return .exhausted
            case .refused: return .held
            case .outdated: continue
            }
        }
    }

    private func place(_ request: HoldRequest, on account: LookupCache.Account) -> SharedHolds.Placement {
        let amount = request.amount ?? .zero
        return holds.place(request, since: account.moment) { charged, held, count in
            account.purse.charged(charged).verdict(on: amount, held: held, holds: count)
        }
    }

    /// What the key has spent does not matter, so nothing is looked up.
    private func admitWithoutQuota(_ request: HoldRequest) -> Admission {
        switch holds.place(request, since: .any, judge: { _, _, _ in .admitted }) {
        case .placed(let hold): .admitted(hold)
        case .limited(let refusal): .limited(refusal)
        case .refused, .outdated: .held
        }
    }

    package func reprice(_ hold: Hold, to request: HoldRequest) throws(StorageError) -> Admission {
        guard let kept = hold.amount, let amount = request.amount else { return .admitted(hold) }
        while true {
            let moment = holds.moment(of: request.keyID)
            let found = try lookup { connection throws(Failure) in
                try AccountTable.find(request.keyID, month: request.month, on: connection)
            }
            guard let account = found else { return .gone }
            let verdict = holds.reprice(kept, to: amount, since: moment) { charged, held, count in
                account.purse.charged(charged).verdict(on: amount, held: held, holds: count)
            }
            switch verdict {
            case .admitted: return .admitted(hold)
            case .exhausted: return .exhausted
            case .held: return .held
            case nil: continue
            }
        }
    }

    package func windows(of key: KeyID, limits: KeyLimits) -> LimitWindows? { holds.windows(of: key, limits: limits) }

    @discardableResult
    package func settle(_ settlement: Settlement) async throws(StorageError) -> ThreadID {
        let now = clock.now
        let lane: Writer.Lane = settlement.call.isStream ? .patient : .durable
        let id = try await write(lane, changesCatalog: false, leavesAccountsOpen: true) { connection throws(Failure) in
            if settlement.isRepeated, let known = try ThreadTable.find(settledBefore: settlement, on: connection) {
                return known
            }
            let part = try connection.accounts.charge(settlement, at: now, on: connection)
            var session: SessionID?
            if let reference = settlement.session {
                session = try SessionTable.count(settlement, in: reference, at: now, on: connection)
            }
            return try ThreadTable.insert(settlement, session: session, balancePart: part, at: now, on: connection)
        }
        // Not before the fee is committed: between the two nobody may find the money free.
        let fee = settlement.call.fee
        let isTold = settlement.hold?.release(charged: fee) ?? false
        if !isTold, fee != .zero { holds.chargedWithoutHold(settlement.keyID) }
        return id
    }

    /// Forgets the holds of processes that have died; answers how many. To be called every 10 seconds, for keys that
    /// nobody asks for meanwhile.
    @discardableResult
    package func sweepHolds() -> Int { holds.dropDead() }
}
