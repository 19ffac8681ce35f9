package import EventLoop

/// Models, groups, and who may use what. Look-ups, lists and writes behave as in ``KeyStore``.
@LoopActor
package protocol ModelStore: Sendable {
    func model(named name: String) throws(StorageError) -> ModelRecord?
    func model(_ id: ModelID) throws(StorageError) -> ModelRecord?
    /// The model of that name, and whether the key itself or its group is authorised for it.
    func model(named name: String, for key: KeyID, group: GroupID?) throws(StorageError) -> FoundModel?
    /// Every model that the key or its group is authorised for, by name.
    func models(usableBy key: KeyID, group: GroupID?) async throws(StorageError) -> [ModelRecord]

    func models(_ filter: ModelFilter, page: PageRequest) async throws(StorageError) -> Page<ModelRecord>
    func create(_ model: NewModel, by operator: Operator) async throws(StorageError) -> ModelRecord
    func update(_ id: ModelID, _ changes: ModelChanges, by operator: Operator) async throws(StorageError) -> ModelRecord
    /// Its rights go with it; records keep its name.
    func delete(_ id: ModelID, by operator: Operator) async throws(StorageError)
}

/// A model as one key finds it.
package struct FoundModel: Sendable, Equatable {
    package let record: ModelRecord
    package let mayUse: Bool

    package init(record: ModelRecord, mayUse: Bool) {
        self.record = record
        self.mayUse = mayUse
    }
}

package struct ModelFilter: Sendable, Equatable {
    /// Part of the name.
    package var text: String?
    package var provider: String?

    package init(text: String? = nil, provider: String? = nil) {
        self.text = text
        self.provider = provider
    }
}

/// Groups of keys.
@LoopActor
package protocol GroupStore: Sendable {
    func group(_ id: GroupID) async throws(StorageError) -> GroupRecord?
    /// `text`: part of the name.
    func groups(text: String?, page: PageRequest) async throws(StorageError) -> Page<GroupRecord>
    func create(name: String, key: String, by operator: Operator) async throws(StorageError) -> GroupRecord
    func update(
        _ id: GroupID, name: FieldChange<String>, key: FieldChange<String>, by operator: Operator
    )
        async throws(StorageError) -> GroupRecord
    /// A group that has keys is a conflict unless `detachingKeys`; then its keys stay without a group.
    func delete(_ id: GroupID, detachingKeys: Bool, by operator: Operator) async throws(StorageError)
}

/// Which groups and keys may use which models.
@LoopActor
package protocol RightStore: Sendable {
    /// Answers whether the right is new; the same right again changes nothing.
    func grant(_ model: ModelID, to holder: RightHolder, by operator: Operator) async throws(StorageError) -> Bool
    /// Answers whether there was such a right.
    func revoke(_ model: ModelID, from holder: RightHolder, by operator: Operator) async throws(StorageError) -> Bool
    /// Takes the right away if there is one, else gives it; answers whether there is one now. One transaction, so that two
    /// at once do not undo one another by halves.
    func toggle(_ model: ModelID, of holder: RightHolder, by operator: Operator) async throws(StorageError) -> Bool
    func rights(of holder: RightHolder) async throws(StorageError) -> [RightRecord]
}
