/// A key as stored, with its spending of one month. The key's text is not stored, only its SHA-256.
package struct KeyRecord: Sendable, Equatable {
    package enum Role: String, Sendable {
        case admin, user
    }

    package var id: KeyID
    package var name: String
    package var email: String
    package var role: Role
    package var groupID: GroupID?
    package var groupName: String?
    /// First 6 and last 4 characters: `br-abc…wxyz`.
    package var maskedKey: String
    /// Nil: no limit.
    package var monthQuota: Money?
    /// All fees of the month that the record was read for.
    package var monthFee: Money
    package var balance: Money
    package var totalFee: Money
    /// 0 in the three limits means none.
    package var requestsPerMinute: Int
    package var tokensPerMinute: Int
    package var maxParallel: Int
    /// Never admitted past what is left, not even by one call.
    package var isStrict: Bool
    package var isDisabled: Bool
    /// Whether prompts and answers are stored with the records of this key.
    package var recordsText: Bool
    package var expiresAt: Timestamp?
    package var lastUsedAt: Timestamp?
    package var createdAt: Timestamp
    package var updatedAt: Timestamp

    package init(
        id: KeyID, name: String, email: String = "", role: Role, groupID: GroupID? = nil, groupName: String? = nil,
        maskedKey: String, monthQuota: Money?, monthFee: Money = .zero, balance: Money = .zero, totalFee: Money = .zero,
        requestsPerMinute: Int = 0, tokensPerMinute: Int = 0, maxParallel: Int = 0, isStrict: Bool = false,
        isDisabled: Bool = false, recordsText: Bool = true, expiresAt: Timestamp? = nil, lastUsedAt: Timestamp? = nil,
        createdAt: Timestamp, updatedAt: Timestamp
    ) {
        self.id = id
        self.name = name
        self.email = email
        self.role = role
        self.groupID = groupID
        self.groupName = groupName
        self.maskedKey = maskedKey
        self.monthQuota = monthQuota
        self.monthFee = monthFee
        self.balance = balance
        self.totalFee = totalFee
        self.requestsPerMinute = requestsPerMinute
        self.tokensPerMinute = tokensPerMinute
        self.maxParallel = maxParallel
        self.isStrict = isStrict
        self.isDisabled = isDisabled
        self.recordsText = recordsText
        self.expiresAt = expiresAt
        self.lastUsedAt = lastUsedAt
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }
}

/// SHA-256 of a key's text, 32 bytes.
package struct KeyHash: Sendable, Hashable {
    package let bytes: [UInt8]
    package init(bytes: [UInt8]) { self.bytes = bytes }
}

/// What is stored of a key's text.
package struct KeyText: Sendable, Equatable {
    package let hash: KeyHash
    package let masked: String

    package init(hash: KeyHash, masked: String) {
        self.hash = hash
        self.masked = masked
    }
}

/// A key to create. The caller has made the text and shows it once.
package struct NewKey: Sendable {
    package var hash: KeyHash
    package var maskedKey: String
    package var name: String
    package var email: String = ""
    package var role: KeyRecord.Role = .user
    package var groupID: GroupID?
    package var monthQuota: Money?
    package var balance: Money = .zero
    package var requestsPerMinute = 0
    package var tokensPerMinute = 0
    package var maxParallel = 0
    package var isStrict = false
    package var recordsText = true
    package var expiresAt: Timestamp?

    package init(hash: KeyHash, maskedKey: String, name: String, monthQuota: Money?) {
        self.hash = hash
        self.maskedKey = maskedKey
        self.name = name
        self.monthQuota = monthQuota
    }
}

/// What to do with a field in an update.
package enum FieldChange<Value: Sendable>: Sendable {
    case keep
    case set(Value)
}

/// The fields of a key that an update may write.
package struct KeyChanges: Sendable {
    package var name: FieldChange<String> = .keep
    package var email: FieldChange<String> = .keep
    package var role: FieldChange<KeyRecord.Role> = .keep
    package var groupID: FieldChange<GroupID?> = .keep
    package var monthQuota: FieldChange<Money?> = .keep
    package var requestsPerMinute: FieldChange<Int> = .keep
    package var tokensPerMinute: FieldChange<Int> = .keep
    package var maxParallel: FieldChange<Int> = .keep
    package var isStrict: FieldChange<Bool> = .keep
    package var isDisabled: FieldChange<Bool> = .keep
    package var recordsText: FieldChange<Bool> = .keep
    package var expiresAt: FieldChange<Timestamp?> = .keep

    package init() {}
}

/// Which key an operation means.
package enum KeyTarget: Sendable {
    case id(KeyID)
    case hash(KeyHash)
}

/// Who changes something, for the audit: a key, or the command line (`id` nil).
package struct Operator: Sendable, Equatable {
    package let keyID: KeyID?
    package let name: String

    package init(keyID: KeyID?, name: String) {
        self.keyID = keyID
        self.name = name
    }
}
