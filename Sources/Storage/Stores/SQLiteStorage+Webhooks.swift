package import Core

extension SQLiteStorage: WebhookStore {
    package func webhook(_ target: WebhookTarget) async throws(StorageError) -> WebhookRecord? {
        let secrets = secrets
        return try lookup { connection throws(Failure) in
            try WebhookTable.find(target, on: connection)?.opened(with: secrets)
        }
    }

    package func webhooks(text: String?, page: PageRequest) async throws(StorageError) -> Page<WebhookRecord> {
        let secrets = secrets
        return try await scan { connection throws(Failure) in
            var query = ListQuery(
                columns: WebhookTable.columns, source: WebhookTable.source, orders: WebhookTable.orders, serial: "w.id")
            query.match(text: text, in: ["w.name"])
            let page = try query.run(on: connection, page, decode: WebhookTable.decode)
            var records: [WebhookRecord] = []
            for stored in page.items { records.append(try stored.opened(with: secrets)) }
            return Page(items: records, total: page.total)
        }
    }

    package func createWebhook(
        name: String, config: JSONObject, by operator: Operator
    ) async throws(StorageError) -> WebhookRecord {
        let now = clock.now
        let secrets = secrets
        let appID = config["appId"]?.string ?? ""
        return try await write(changesCatalog: false) { connection throws(Failure) in
            let id = try WebhookTable.insert(name: name, appID: appID, at: now, on: connection)
            let record = WebhookRecord(
                id: id, name: name, config: config, appID: appID, version: 1, createdAt: now, updatedAt: now)
            try WebhookTable.write(record, secrets: secrets, at: now, on: connection)
            let noted: JSONObject = ["name": .string(name), "app_id": .string(appID)]
            try AuditTable.record("webhook.create", "webhook:\(id)", noted, by: `operator`, at: now, on: connection)
            return record
        }
    }

    package func updateWebhook(
        _ id: WebhookID, name: FieldChange<String>, config: FieldChange<JSONObject>, baseVersion: Int,
        by operator: Operator
    ) async throws(StorageError) -> WebhookRecord {
        let now = clock.now
        let secrets = secrets
        return try await write(changesCatalog: false) { connection throws(Failure) in
            var record = try WebhookTable.require(id, on: connection).opened(with: secrets)
            guard record.version == baseVersion else {
                throw .refused(
                    .conflict(field: "id", message: "The webhook was changed meanwhile. Read it again and repeat."))
            }
            var noted = JSONObject()
            name.apply(to: &record.name, "name", noting: &noted) { .string($0) }
            config.apply(to: &record.config, "config", noting: &noted) { _ in .string("changed") }
            guard !noted.isEmpty else { return record }
            record.appID = record.config["appId"]?.string ?? ""
            try WebhookTable.write(record, secrets: secrets, at: now, on: connection)
            try AuditTable.record("webhook.update", "webhook:\(id)", noted, by: `operator`, at: now, on: connection)
            return try WebhookTable.require(id, on: connection).opened(with: secrets)
        }
    }

    package func deleteWebhook(_ id: WebhookID, by operator: Operator) async throws(StorageError) {
        let now = clock.now
        try await write(changesCatalog: false) { connection throws(Failure) in
            // Left sealed: a webhook whose secrets no longer open can still be removed.
            let stored = try WebhookTable.require(id, on: connection)
            try WebhookTable.delete(id, on: connection)
            let noted: JSONObject = ["name": .string(stored.record.name)]
            try AuditTable.record("webhook.delete", "webhook:\(id)", noted, by: `operator`, at: now, on: connection)
        }
    }
}
