import Core
import EventLoop

/// Models and rights in a list.
@LoopActor
final class FakeModelStore: ModelStore {
    var records: [ModelRecord] = []
    var usable: Set<ModelID> = []
    var error: StorageError?

    func model(named name: String) throws(StorageError) -> ModelRecord? {
        if let error { throw error }
        return records.first { $0.name == name }
    }

    func model(_ id: ModelID) throws(StorageError) -> ModelRecord? { records.first { $0.id == id } }

    func model(named name: String, for key: KeyID, group: GroupID?) throws(StorageError) -> FoundModel? {
        try model(named: name).map { FoundModel(record: $0, mayUse: usable.contains($0.id)) }
    }

    func models(usableBy key: KeyID, group: GroupID?) async throws(StorageError) -> [ModelRecord] {
        if let error { throw error }
        return records.filter { usable.contains($0.id) }
    }

    func models(_ filter: ModelFilter, page: PageRequest) async throws(StorageError) -> Page<ModelRecord> {
        Page(items: records, total: records.count)
    }

    func create(_ model: NewModel, by operator: Operator) async throws(StorageError) -> ModelRecord {
        throw .unavailable("read only")
    }

    func update(
        _ id: ModelID, _ changes: ModelChanges, by operator: Operator
    ) async throws(StorageError) -> ModelRecord { throw .unavailable("read only") }

    func delete(_ id: ModelID, by operator: Operator) async throws(StorageError) { throw .unavailable("read only") }
}
