internal import Core

extension ModelTable {
    private static let insert = SQL(
        """
        INSERT INTO models (name, provider, config, config_key, is_multimodal, price_in, price_out, price_cache_read,
            price_cache_write, price_cache_write_1h, price_image, version, created_at, updated_at)
        VALUES (?, ?, ?, '', ?, ?, ?, ?, ?, ?, ?, 1, ?, ?)
        """)
    private static let update = SQL(
        """
        UPDATE models SET name = ?, provider = ?, is_multimodal = ?, price_in = ?, price_out = ?, price_cache_read = ?,
            price_cache_write = ?, price_cache_write_1h = ?, price_image = ?, version = version + 1, updated_at = ?
        WHERE id = ?
        """)
    private static let setConfig = SQL("UPDATE models SET config = ?, config_key = ? WHERE id = ?")

    static func insert(
        _ model: NewModel, secrets: SecretBox, at time: Timestamp, on connection: Connection
    ) throws(Failure) -> ModelID {
        try demandFree(model.name, except: 0, on: connection)
        let prices = model.prices
        let id: ModelID = try connection.insert(
            insert, model.name, model.provider, [UInt8](), model.isMultimodal, prices.input, prices.output,
            prices.cacheRead, prices.cacheWrite, prices.cacheWriteOneHour, prices.image, time, time)
        // The seal is bound to the row's number, which is known only now.
        try setConfig(model.config, of: id, secrets: secrets, on: connection)
        return id
    }

    /// Writes all but the configuration.
    static func update(_ model: ModelRecord, at time: Timestamp, on connection: Connection) throws(Failure) {
        try demandFree(model.name, except: model.id.rawValue, on: connection)
        let prices = model.prices
        try connection.execute(
            update, model.name, model.provider, model.isMultimodal, prices.input, prices.output, prices.cacheRead,
            prices.cacheWrite, prices.cacheWriteOneHour, prices.image, time, model.id)
    }

    static func setConfig(
        _ config: JSONObject, of id: ModelID, secrets: SecretBox, on connection: Connection
    ) throws(Failure) {
        let sealed = try seal(config, of: id, with: secrets)
        try connection.execute(setConfig, sealed.bytes, sealed.keyID, id)
    }
}

extension ModelRecord {
    /// Writes the changes into this record; answers the fields that differ now. Of a configuration only that it
    /// changed, since it may hold secrets.
    mutating func apply(_ changes: ModelChanges) -> JSONObject {
        var noted = JSONObject()
        changes.name.apply(to: &name, "name", noting: &noted) { .string($0) }
        changes.provider.apply(to: &provider, "provider", noting: &noted) { .string($0) }
        changes.config.apply(to: &config, "config", noting: &noted) { _ in .string("changed") }
        changes.isMultimodal.apply(to: &isMultimodal, "multiple", noting: &noted) { .bool($0) }
        changes.priceInput.apply(to: &prices.input, "price_in", noting: &noted) { $0.json }
        changes.priceOutput.apply(to: &prices.output, "price_out", noting: &noted) { $0.json }
        changes.priceCacheRead.apply(to: &prices.cacheRead, "price_cache_read", noting: &noted) { $0.json }
        changes.priceCacheWrite.apply(to: &prices.cacheWrite, "price_cache_write", noting: &noted) { $0.json }
        changes.priceCacheWriteOneHour.apply(
            to: &prices.cacheWriteOneHour, "price_cache_write_1h", noting: &noted
        ) { $0.json }
        changes.priceImage.apply(to: &prices.image, "price_image", noting: &noted) { $0.json }
        return noted
    }
}
