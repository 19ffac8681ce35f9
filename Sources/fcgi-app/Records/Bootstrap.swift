internal import Core
internal import EventLoop
internal import Routes

/// The first records of a new instance: an admin key, a group, a model to try, and the right to use it. Makes only what is
/// missing.
@LoopActor
struct Bootstrap {
    let stores: Stores

    /// Whether anything was made, for the report.
    struct Outcome {
        var made: [String] = []
        /// The key's text was replaced since: it must not work again.
        var isKeyReplaced = false
    }

    func run(key: APIKey, groupName: String, modelName: String) async throws(CommandFailure) -> Outcome {
        do throws(StorageError) {
            var outcome = Outcome()
            let group = try await ensureGroup(groupName, &outcome)
            let key = try await ensureKey(key, in: group, &outcome)
            let model = try await ensureModel(modelName, &outcome)
            let holder = key.flatMap { $0.groupID == group.id ? nil : .key($0.id) } ?? RightHolder.group(group.id)
            if try await stores.rights.grant(model.id, to: holder, by: .commandLine) {
                outcome.made.append("its right to use \(modelName)")
            }
            return outcome
        } catch {
            throw CommandFailure(storage: error)
        }
    }

    private func ensureGroup(_ name: String, _ outcome: inout Outcome) async throws(StorageError) -> GroupRecord {
        if let group = try await stores.groups.group(named: name) { return group }
        outcome.made.append("group \(name)")
        return try await stores.groups.create(name: name, key: "", by: .commandLine)
    }

    private func ensureKey(
        _ key: APIKey, in group: GroupRecord, _ outcome: inout Outcome
    ) async throws(StorageError) -> KeyRecord? {
        if let found = try stores.keys.key(.hash(key.hash), month: SystemClock().now.month) { return found }
        var new = NewKey(hash: key.hash, maskedKey: key.masked, name: "admin", monthQuota: nil)
        new.role = .admin
        new.groupID = group.id
        do throws(StorageError) {
            let record = try await stores.keys.create(new, by: .commandLine)
            outcome.made.append("admin key \(key.masked)")
            return record
        } catch {
            guard case .conflict(field: "api_key", _) = error else { throw error }
            outcome.isKeyReplaced = true
            return nil
        }
    }

    /// Answers from the gateway itself, a few words at a time, so that a stream can be seen to stream. It has prices, so
    /// that the ledger has something to show.
    private func ensureModel(_ name: String, _ outcome: inout Outcome) async throws(StorageError) -> ModelRecord {
        if let model = try stores.models.model(named: name) { return model }
        outcome.made.append("model \(name)")
        let dollar: Int64 = 1_000_000_000
        let prices = PriceList(input: Money(nanodollars: dollar), output: Money(nanodollars: 2 * dollar))
        let new = NewModel(name: name, provider: "echo", config: ["interval_ms": 40], prices: prices)
        return try await stores.models.create(new, by: .commandLine)
    }
}
