package import Core

extension SQLiteStorage: PaymentStore {
    package func payments(key: KeyID?, page: PageRequest) async throws(StorageError) -> Page<PaymentRecord> {
        try await scan { connection throws(Failure) in
            var query = ListQuery(
                columns: PaymentTable.columns, source: PaymentTable.source, orders: PaymentTable.orders, serial: "p.id")
            query.match("p.key_id = ?", key)
            return try query.run(on: connection, page, decode: PaymentTable.decode)
        }
    }
}

extension SQLiteStorage: AuditStore {
    package func audit(_ filter: AuditFilter, page: PageRequest) async throws(StorageError) -> Page<AuditRecord> {
        try await scan { connection throws(Failure) in
            var query = ListQuery(
                columns: AuditTable.columns, source: AuditTable.source, orders: AuditTable.orders, serial: "a.id")
            query.match(text: filter.text, in: ["a.operator_name", "a.action", "a.subject", "a.changes"])
            query.match("a.action = ?", filter.action)
            query.match("a.subject = ?", filter.subject)
            query.match("a.operator_id = ?", filter.operatorID)
            query.match("a.created_at >= ?", filter.from)
            query.match("a.created_at < ?", filter.to)
            return try query.run(on: connection, page, decode: AuditTable.decode)
        }
    }

    package func note(_ action: String, _ subject: String, by operator: Operator) async throws(StorageError) {
        let now = clock.now
        try await write(changesCatalog: false) { connection throws(Failure) in
            try AuditTable.record(action, subject, by: `operator`, at: now, on: connection)
        }
    }
}
