internal import Core

extension OpenAPIComponents {
    private static let role = Schema.one(of: [KeyRecord.Role.admin.rawValue, KeyRecord.Role.user.rawValue])

    /// The members of a key's row; its text is masked in all but two answers.
    static let key: [(String, Schema)] = keyRow(text: Schema.text.described("First 6 and last 4 characters."))
    static let newKey: [(String, Schema)] = keyRow(
        text: Schema.text.described("The whole key, which is in this answer and nowhere else."))

    private static func keyRow(text: Schema) -> [(String, Schema)] {
        let members: Schema.Members = [
            "id": .id, "name": .text, "email": .text, "role": role, "group_id": Schema.id.orNull,
            "group_name": Schema.text.orNull, "api_key": text, "month_quota": Schema.money.orNull,
            "month_fee": .money, "balance": .money, "total_fee": .money, "rpm": .count, "tpm": .count,
            "max_parallel": .count, "strict": .boolean, "disabled": .boolean, "expires_at": Schema.time.orNull,
            "last_used_at": Schema.time.orNull, "created_at": .time, "updated_at": .time,
        ]
        return members.map { ($0.key, $0.value) }
    }

    static let payment = Schema.row([
        "id": .id, "key_id": .id, "key_name": .text, "amount": .money, "balance_after": .money, "note": .text,
        "operator": .text, "created_at": .time,
    ])

    static let group = Schema.row([
        "id": .id, "name": .text, "key": .text, "key_count": .count, "created_at": .time, "updated_at": .time,
    ])

    static func right(of holder: String) -> Schema {
        .row([
            "id": .id, "model_id": .id, "model_name": .text, "provider": .text, "created_at": .time,
            "\(holder)_id": .id, "\(holder)_name": .text,
        ])
    }

    static let auditEntry = Schema.row([
        "id": .id, "operator_id": Schema.id.orNull, "operator": .text, "action": .text, "subject": .text,
        "changes": .any, "created_at": .time,
    ])
}
