internal import Core
internal import EventLoop
internal import Routes

/// A key that the command line asks for.
struct KeyOrder {
    var name: String
    var role: KeyRecord.Role
    /// By name.
    var group: String?
    /// Nil: no limit.
    var monthQuota: Money?

    @LoopActor
    @discardableResult
    func fill(_ key: APIKey, in stores: Stores) async throws(CommandFailure) -> KeyRecord {
        do throws(StorageError) {
            var new = NewKey(hash: key.hash, maskedKey: key.masked, name: name, monthQuota: monthQuota)
            new.role = role
            if let group {
                guard let found = try await stores.groups.group(named: group) else {
                    throw .notFound("group \"\(group)\"")
                }
                new.groupID = found.id
            }
            return try await stores.keys.create(new, by: .commandLine)
        } catch {
            throw CommandFailure(storage: error)
        }
    }
}

extension Operator {
    /// Who the audit names for changes made by commands.
    static let commandLine = Operator(keyID: nil, name: "command line")
}

extension GroupStore {
    /// The group of exactly that name; the list's own search finds parts of names.
    @LoopActor
    func group(named name: String) async throws(StorageError) -> GroupRecord? {
        var offset = 0
        while true {
            let page = try await groups(text: name, page: PageRequest(limit: 1000, offset: offset))
            if let found = page.items.first(where: { $0.name == name }) { return found }
            offset += page.items.count
            if page.items.isEmpty || offset >= page.total { return nil }
        }
    }
}
