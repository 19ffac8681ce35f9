internal import Core

/// Opened configurations of models, each good for one version of its row: the row itself is read at every look-up, so
/// nothing here can be out of date.
struct ModelConfigCache {
    private struct Entry {
        let version: Int
        let config: JSONObject
    }

    private var entries: [ModelID: Entry] = [:]
    private var generation = 0

    /// Forgets everything when another file may have taken the database's place, in which numbers mean other rows.
    mutating func adopt(generation: Int) {
        guard generation != self.generation else { return }
        self.generation = generation
        entries.removeAll()
    }

    subscript(_ model: ModelRecord) -> JSONObject? {
        guard let entry = entries[model.id], entry.version == model.version else { return nil }
        return entry.config
    }

    mutating func remember(_ model: ModelRecord) {
        // Entries of deleted models would stay for ever; there are never many models.
        if entries.count >= 1000 { entries.removeAll() }
        entries[model.id] = Entry(version: model.version, config: model.config)
    }
}
