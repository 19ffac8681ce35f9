import Core
import EventLoop

/// Stores in memory that keep the contracts of Core as far as routes can see them.
@LoopActor
final class MemoryStorage {
    var keys: [KeyID: KeyRecord] = [:]
    var hashes: [KeyHash: KeyID] = [:]
    var models: [ModelID: ModelRecord] = [:]
    var groups: [GroupID: GroupRecord] = [:]
    var rights: [RightRecord] = []
    var sessions: [SessionRecord] = []
    var threads: [ThreadRecord] = []
    /// Every change: what, and who made it.
    var audit: [String] = []
    var payments: [(key: KeyID, amount: Money, note: String)] = []
    /// The last filters that lists were asked for.
    var lastKeyFilter: KeyFilter?
    var lastThreadFilter: ThreadFilter?
    var lastPage: PageRequest?
    /// When set, every call throws this.
    var failure: StorageError?
    /// Called by ``check()``, for a test to make it wait.
    var onCheck: (@LoopActor () async -> Void)?
    var checks = 0

    private let clock: any WallClock
    private var lastID: Int64 = 0

    nonisolated init(clock: any WallClock) { self.clock = clock }

    func nextID() -> Int64 {
        lastID += 1
        return lastID
    }

    func access() throws(StorageError) {
        if let failure { throw failure }
    }

    func note(_ action: String, by author: Operator) {
        audit.append("\(author.name): \(action)")
    }

    func slice<Item: Sendable>(_ items: [Item], _ page: PageRequest) -> Page<Item> {
        lastPage = page
        return Page(items: Array(items.dropFirst(page.offset).prefix(page.limit)), total: items.count)
    }

    var now: Timestamp { clock.now }
}

extension FieldChange {
    func apply(to value: inout Value) {
        if case .set(let new) = self { value = new }
    }
}

extension MemoryStorage: KeyStore {
    func caller(_ hash: KeyHash, month: BillingMonth) throws(StorageError) -> KeyRecord? {
        try key(.hash(hash), month: month)
    }

    func key(_ target: KeyTarget, month: BillingMonth) throws(StorageError) -> KeyRecord? {
        try access()
        switch target {
        case .id(let id): return keys[id]
        case .hash(let hash): return hashes[hash].flatMap { keys[$0] }
        }
    }

    func keys(
        _ filter: KeyFilter, page: PageRequest, month: BillingMonth
    ) async throws(StorageError) -> Page<KeyRecord> {
        try access()
        lastKeyFilter = filter
        let found = keys.values.filter { key in
            (filter.role == nil || key.role == filter.role) && (filter.name == nil || key.name == filter.name)
                && (filter.groupID == nil || key.groupID == filter.groupID)
                && (filter.text.map { key.name.contains($0) || key.email.contains($0) } ?? true)
        }
        return slice(found.sorted { $0.id.rawValue > $1.id.rawValue }, page)
    }

    func create(_ key: NewKey, by author: Operator) async throws(StorageError) -> KeyRecord {
        try access()
        if let group = key.groupID, groups[group] == nil { throw .unknownReference(field: "group_id") }
        let record = KeyRecord(
            id: KeyID(rawValue: nextID()), name: key.name, email: key.email, role: key.role, groupID: key.groupID,
            groupName: key.groupID.flatMap { groups[$0]?.name }, maskedKey: key.maskedKey, monthQuota: key.monthQuota,
            balance: key.balance, requestsPerMinute: key.requestsPerMinute, tokensPerMinute: key.tokensPerMinute,
            maxParallel: key.maxParallel, isStrict: key.isStrict, recordsText: key.recordsText,
            expiresAt: key.expiresAt, createdAt: now, updatedAt: now)
        keys[record.id] = record
        hashes[key.hash] = record.id
        note("create key \(record.name)", by: author)
        return record
    }

    func update(_ id: KeyID, _ changes: KeyChanges, by author: Operator) async throws(StorageError) -> KeyRecord {
        try access()
        guard var key = keys[id] else { throw .notFound("key") }
        changes.name.apply(to: &key.name)
        changes.email.apply(to: &key.email)
        changes.role.apply(to: &key.role)
        changes.groupID.apply(to: &key.groupID)
        changes.monthQuota.apply(to: &key.monthQuota)
        changes.requestsPerMinute.apply(to: &key.requestsPerMinute)
        changes.tokensPerMinute.apply(to: &key.tokensPerMinute)
        changes.maxParallel.apply(to: &key.maxParallel)
        changes.isStrict.apply(to: &key.isStrict)
        changes.isDisabled.apply(to: &key.isDisabled)
        changes.recordsText.apply(to: &key.recordsText)
        changes.expiresAt.apply(to: &key.expiresAt)
        keys[id] = key
        note("update key \(key.name)", by: author)
        return key
    }

    func recharge(
        _ target: KeyTarget, amount: Money, note text: String, by author: Operator
    ) async throws(StorageError) -> KeyRecord {
        let month = now.month
        guard var key = try key(target, month: month) else { throw .notFound("key") }
        key.balance = key.balance + amount
        keys[key.id] = key
        payments.append((key.id, amount, text))
        note("recharge key \(key.name)", by: author)
        return key
    }

    func delete(_ id: KeyID, by author: Operator) async throws(StorageError) {
        try access()
        guard let key = keys.removeValue(forKey: id) else { throw .notFound("key") }
        hashes = hashes.filter { $0.value != id }
        note("delete key \(key.name)", by: author)
    }
}

extension MemoryStorage: ModelStore {
    func model(named name: String) throws(StorageError) -> ModelRecord? {
        try access()
        return models.values.first { $0.name == name }
    }

    func model(_ id: ModelID) throws(StorageError) -> ModelRecord? {
        try access()
        return models[id]
    }

    func model(named name: String, for key: KeyID, group: GroupID?) throws(StorageError) -> FoundModel? {
        try model(named: name).map { FoundModel(record: $0, mayUse: mayUse($0.id, key: key, group: group)) }
    }

    private func mayUse(_ model: ModelID, key: KeyID, group: GroupID?) -> Bool {
        rights.contains { right in
            right.modelID == model && (right.holder == .key(key) || group.map { right.holder == .group($0) } ?? false)
        }
    }

    func models(usableBy key: KeyID, group: GroupID?) async throws(StorageError) -> [ModelRecord] {
        try access()
        var usable: [ModelRecord] = []
        for model in models.values where mayUse(model.id, key: key, group: group) { usable.append(model) }
        return usable.sorted { $0.name < $1.name }
    }

    func models(_ filter: ModelFilter, page: PageRequest) async throws(StorageError) -> Page<ModelRecord> {
        try access()
        let found = models.values.filter { model in
            (filter.provider == nil || model.provider == filter.provider)
                && (filter.text.map { model.name.contains($0) } ?? true)
        }
        return slice(found.sorted { $0.id.rawValue > $1.id.rawValue }, page)
    }

    func create(_ model: NewModel, by author: Operator) async throws(StorageError) -> ModelRecord {
        try access()
        guard !models.values.contains(where: { $0.name == model.name }) else {
            throw .conflict(field: "name", message: "There is a model of this name already.")
        }
        let record = ModelRecord(
            id: ModelID(rawValue: nextID()), name: model.name, provider: model.provider, config: model.config,
            isMultimodal: model.isMultimodal, prices: model.prices, version: 1, createdAt: now, updatedAt: now)
        models[record.id] = record
        note("create model \(record.name)", by: author)
        return record
    }

    func update(
        _ id: ModelID, _ changes: ModelChanges, by author: Operator
    ) async throws(StorageError) -> ModelRecord {
        try access()
        guard var model = models[id] else { throw .notFound("model") }
        if let base = changes.baseVersion, base != model.version {
            throw .conflict(field: "id", message: "The model was changed meanwhile.")
        }
        changes.name.apply(to: &model.name)
        changes.provider.apply(to: &model.provider)
        changes.config.apply(to: &model.config)
        changes.isMultimodal.apply(to: &model.isMultimodal)
        changes.priceInput.apply(to: &model.prices.input)
        changes.priceOutput.apply(to: &model.prices.output)
        changes.priceCacheRead.apply(to: &model.prices.cacheRead)
        changes.priceCacheWrite.apply(to: &model.prices.cacheWrite)
        changes.priceCacheWriteOneHour.apply(to: &model.prices.cacheWriteOneHour)
        model.version += 1
        models[id] = model
        note("update model \(model.name)", by: author)
        return model
    }

    func delete(_ id: ModelID, by author: Operator) async throws(StorageError) {
        try access()
        guard let model = models.removeValue(forKey: id) else { throw .notFound("model") }
        rights.removeAll { $0.modelID == id }
        note("delete model \(model.name)", by: author)
    }
}

extension MemoryStorage: GroupStore {
    func group(_ id: GroupID) async throws(StorageError) -> GroupRecord? {
        try access()
        return groups[id]
    }

    func groups(text: String?, page: PageRequest) async throws(StorageError) -> Page<GroupRecord> {
        try access()
        let found = groups.values.filter { group in text.map { group.name.contains($0) } ?? true }
        return slice(found.sorted { $0.id.rawValue > $1.id.rawValue }, page)
    }

    func create(name: String, key: String, by author: Operator) async throws(StorageError) -> GroupRecord {
        try access()
        let group = GroupRecord(
            id: GroupID(rawValue: nextID()), name: name, key: key, keyCount: 0, createdAt: now, updatedAt: now)
        groups[group.id] = group
        note("create group \(name)", by: author)
        return group
    }

    func update(
        _ id: GroupID, name: FieldChange<String>, key: FieldChange<String>, by author: Operator
    ) async throws(StorageError) -> GroupRecord {
        try access()
        guard var group = groups[id] else { throw .notFound("group") }
        name.apply(to: &group.name)
        key.apply(to: &group.key)
        groups[id] = group
        note("update group \(group.name)", by: author)
        return group
    }

    func delete(_ id: GroupID, detachingKeys: Bool, by author: Operator) async throws(StorageError) {
        try access()
        guard let group = groups[id] else { throw .notFound("group") }
        let members = keys.values.filter { $0.groupID == id }
        guard members.isEmpty || detachingKeys else {
            throw .conflict(field: "id", message: "The group has keys. Send \"force\": true to delete it anyway.")
        }
        for key in members { keys[key.id]?.groupID = nil }
        groups[id] = nil
        note("delete group \(group.name)", by: author)
    }
}

extension MemoryStorage: RightStore {
    func grant(_ model: ModelID, to holder: RightHolder, by author: Operator) async throws(StorageError) -> Bool {
        try access()
        guard let record = models[model] else { throw .unknownReference(field: "model_id") }
        let name: String?
        switch holder {
        case .group(let id): name = groups[id]?.name
        case .key(let id): name = keys[id]?.name
        }
        guard let name else {
            if case .group = holder { throw .unknownReference(field: "group_id") }
            throw .unknownReference(field: "key_id")
        }
        if rights.contains(where: { $0.modelID == model && $0.holder == holder }) { return false }
        rights.append(
            RightRecord(
                id: nextID(), holder: holder, holderName: name, modelID: model, modelName: record.name,
                provider: record.provider, createdAt: now))
        note("grant \(record.name) to \(name)", by: author)
        return true
    }

    func revoke(_ model: ModelID, from holder: RightHolder, by author: Operator) async throws(StorageError) -> Bool {
        try access()
        let before = rights.count
        rights.removeAll { $0.modelID == model && $0.holder == holder }
        if rights.count < before { note("revoke \(model)", by: author) }
        return rights.count < before
    }

    func rights(of holder: RightHolder) async throws(StorageError) -> [RightRecord] {
        try access()
        return rights.filter { $0.holder == holder }.sorted { $0.id > $1.id }
    }
}

extension MemoryStorage: RecordStore, StorageHealth {
    func sessions(_ filter: SessionFilter, page: PageRequest) async throws(StorageError) -> Page<SessionRecord> {
        try access()
        let found = sessions.filter { session in
            (filter.keyID == nil || session.keyID == filter.keyID)
                && (filter.text.map { session.title.contains($0) } ?? true)
        }
        return slice(found, page)
    }

    func threads(_ filter: ThreadFilter, page: PageRequest) async throws(StorageError) -> Page<ThreadRecord> {
        try access()
        lastThreadFilter = filter
        let found = threads.filter { thread in
            (filter.keyID == nil || thread.keyID == filter.keyID)
                && (filter.sessionID == nil || thread.sessionID == filter.sessionID)
        }
        return slice(found, page)
    }

    func check() async throws(StorageError) {
        checks += 1
        await onCheck?()
        try access()
    }

    func size() throws(StorageError) -> DatabaseSize {
        try access()
        return DatabaseSize(total: 40_960, free: 8192, log: 123)
    }
}
