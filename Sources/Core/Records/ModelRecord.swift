/// A model as configured. `version` grows with every change, so that what was parsed from a version can be kept.
package struct ModelRecord: Sendable, Equatable {
    package var id: ModelID
    package var name: String
    package var provider: String
    /// Clear text; stored encrypted.
    package var config: JSONObject
    package var isMultimodal: Bool
    package var prices: PriceList
    package var version: Int
    package var createdAt: Timestamp
    package var updatedAt: Timestamp

    package init(
        id: ModelID, name: String, provider: String, config: JSONObject, isMultimodal: Bool, prices: PriceList,
        version: Int, createdAt: Timestamp, updatedAt: Timestamp
    ) {
        self.id = id
        self.name = name
        self.provider = provider
        self.config = config
        self.isMultimodal = isMultimodal
        self.prices = prices
        self.version = version
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }
}

/// A model to create.
package struct NewModel: Sendable {
    package var name: String
    package var provider: String
    package var config: JSONObject
    package var isMultimodal = false
    package var prices: PriceList

    package init(name: String, provider: String, config: JSONObject, isMultimodal: Bool = false, prices: PriceList) {
        self.name = name
        self.provider = provider
        self.config = config
        self.isMultimodal = isMultimodal
        self.prices = prices
    }
}

/// The fields of a model that an update may write.
package struct ModelChanges: Sendable {
    package var name: FieldChange<String> = .keep
    package var provider: FieldChange<String> = .keep
    package var config: FieldChange<JSONObject> = .keep
    package var isMultimodal: FieldChange<Bool> = .keep
    package var priceInput: FieldChange<Money> = .keep
    package var priceOutput: FieldChange<Money> = .keep
    package var priceCacheRead: FieldChange<Money?> = .keep
    package var priceCacheWrite: FieldChange<Money?> = .keep
    package var priceCacheWriteOneHour: FieldChange<Money?> = .keep
    package var priceImage: FieldChange<Money?> = .keep
    /// The version that the change was made against; another one in the database is a conflict. Nil: whatever is there.
    package var baseVersion: Int?

    package init() {}
}

/// A group of keys that share models.
package struct GroupRecord: Sendable, Equatable {
    package var id: GroupID
    package var name: String
    /// A short name of the operator's choosing; may be empty.
    package var key: String
    package var keyCount: Int
    package var createdAt: Timestamp
    package var updatedAt: Timestamp

    package init(id: GroupID, name: String, key: String, keyCount: Int, createdAt: Timestamp, updatedAt: Timestamp) {
        self.id = id
        self.name = name
        self.key = key
        self.keyCount = keyCount
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }
}

/// Who is given the right to use a model.
package enum RightHolder: Sendable, Hashable {
    case group(GroupID)
    case key(KeyID)
}

/// One right: this holder may use this model.
package struct RightRecord: Sendable, Equatable {
    package var id: Int64
    package var holder: RightHolder
    /// The group's or key's name.
    package var holderName: String
    package var modelID: ModelID
    package var modelName: String
    package var provider: String
    package var createdAt: Timestamp

    package init(
        id: Int64, holder: RightHolder, holderName: String, modelID: ModelID, modelName: String, provider: String,
        createdAt: Timestamp
    ) {
        self.id = id
        self.holder = holder
        self.holderName = holderName
        self.modelID = modelID
        self.modelName = modelName
        self.provider = provider
        self.createdAt = createdAt
    }
}
