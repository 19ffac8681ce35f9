package import Core

extension SQLiteStorage: ModelStore {
    package func model(named name: String) throws(StorageError) -> ModelRecord? {
        try lookupModel { connection, knows throws(Failure) in
            try ModelTable.find(named: name, on: connection, knows: knows)
        }
    }

    package func model(_ id: ModelID) throws(StorageError) -> ModelRecord? {
        try lookupModel { connection, knows throws(Failure) in
            try ModelTable.find(id, on: connection, knows: knows)
        }
    }

    package func model(
        named name: String, for key: KeyID, group: GroupID?
    ) throws(StorageError) -> FoundModel? {
        let query = LookupCache.ModelQuery(name: name, key: key, group: group)
        let generation = holds.catalogGeneration
        if let known = cache.model(query, generation: generation) { return known }
        var mayUse = false
        let record = try lookupModel { connection, knows throws(Failure) in
            try ModelTable.find(
                named: name, for: key, group: group, mayUse: &mayUse, on: connection, knows: knows)
        }
        guard let record else { return nil }
        let found = FoundModel(record: record, mayUse: mayUse)
        cache.note(found, query, generation: generation)
        return found
    }

    package func models(usableBy key: KeyID, group: GroupID?) async throws(StorageError) -> [ModelRecord] {
        let secrets = secrets
        return try await scan { connection throws(Failure) in
            var records: [ModelRecord] = []
            for stored in try ModelTable.usable(by: key, group: group, on: connection) {
                records.append(try stored.opened(with: secrets))
            }
            return records
        }
    }

    package func models(_ filter: ModelFilter, page: PageRequest) async throws(StorageError) -> Page<ModelRecord> {
        let secrets = secrets
        return try await scan { connection throws(Failure) in
            var query = ListQuery(
                columns: ModelTable.columns, source: ModelTable.source, orders: ModelTable.orders, serial: "m.id")
            query.match(text: filter.text, in: ["m.name"])
            query.match("m.provider = ?", filter.provider)
            let page = try query.run(on: connection, page) { ModelTable.decode(&$0) }
            var records: [ModelRecord] = []
            for stored in page.items { records.append(try stored.opened(with: secrets)) }
            return Page(items: records, total: page.total)
        }
    }

    package func create(_ model: NewModel, by operator: Operator) async throws(StorageError) -> ModelRecord {
        let now = clock.now
        let secrets = secrets
        return try await write { connection throws(Failure) in
            let id = try ModelTable.insert(model, secrets: secrets, at: now, on: connection)
            let noted: JSONObject = [
                "name": .string(model.name), "provider": .string(model.provider), "price_in": model.prices.input.json,
                "price_out": model.prices.output.json,
            ]
            try AuditTable.record("model.create", "model:\(id)", noted, by: `operator`, at: now, on: connection)
            return try ModelTable.require(id, on: connection).opened(with: secrets)
        }
    }

    package func update(
        _ id: ModelID, _ changes: ModelChanges, by operator: Operator
    ) async throws(StorageError) -> ModelRecord {
        let now = clock.now
        let secrets = secrets
        return try await write { connection throws(Failure) in
            var record = try ModelTable.require(id, on: connection).opened(with: secrets)
            if let base = changes.baseVersion, base != record.version {
                throw .refused(
                    .conflict(field: "id", message: "The model was changed meanwhile. Read it again and repeat."))
            }
            let noted = record.apply(changes)
            guard !noted.isEmpty else { return record }
            try ModelTable.update(record, at: now, on: connection)
            if noted["config"] != nil {
                try ModelTable.setConfig(record.config, of: id, secrets: secrets, on: connection)
            }
            try AuditTable.record("model.update", "model:\(id)", noted, by: `operator`, at: now, on: connection)
            return try ModelTable.require(id, on: connection).opened(with: secrets)
        }
    }

    package func delete(_ id: ModelID, by operator: Operator) async throws(StorageError) {
        let now = clock.now
        try await write { connection throws(Failure) in
            // Left sealed: a model whose secrets no longer open can still be removed.
            let stored = try ModelTable.require(id, on: connection)
            try ModelTable.delete(id, on: connection)
            let noted: JSONObject = ["name": .string(stored.record.name)]
            try AuditTable.record("model.delete", "model:\(id)", noted, by: `operator`, at: now, on: connection)
        }
    }
}
