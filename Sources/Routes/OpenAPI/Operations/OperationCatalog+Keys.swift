internal import Core

extension OperationCatalog {
    private static let role = Schema.one(of: [KeyRecord.Role.admin.rawValue, KeyRecord.Role.user.rawValue])
    private static let limit = Schema.integer(0...1_000_000_000)
    private static let onlyID = Schema.body(["id": .idOrText], required: ["id"])

    static let keys: Area = [
        "POST /admin/api-key/apply": .change("Make a key", newKey, .named("NewKey"), errors: [404, 409]),
        "POST /admin/api-key/update": .change("Change a key", keyChanges, .named("Key"), errors: [404, 409]),
        "POST /admin/api-key/recharge": .change("Add to a key's balance", recharge, .named("Key"), errors: [404, 409]),
        "POST /admin/api-key/delete": .change("Delete a key", onlyID, .constant(true), errors: [404, 409])
            .described("Its records and payments stay."),
        "GET /admin/api-key/list": .read(
            "Keys",
            [
                .text("q", "A part of the name or e-mail."), .text("name"), .rowID("group_id"), .query("role", role),
            ] + Parameter.page(orderedBy: KeyRecord.sortable), .list(of: "Key")),
        "GET /admin/api-key/detail/{id}": .read("A key", [.id], .named("KeyDetail"), errors: [404]),
        "POST /admin/api-key/reset-key": .change(
            "Give a key a new text",
            .body(["id": .idOrText, "overlap_s": overlap.orNull], required: ["id"]), .named("ReplacedKey"),
            errors: [404, 409]),
        "POST /admin/api-key/import": Operation(
            summary: "Make a key of each line, or none",
            body: [.json(.body(["csv": csv], required: ["csv"])), Operation.Content("text/csv", csv)],
            success: .data(.row(["items": .array(of: .named("NewKey")), "total": .count])), errors: [409]),
    ]

    private static let overlap = Schema.integer(0...2_592_000).described(
        "Seconds for which the older texts go on working.")
    private static let csv = Schema.string(1...1_048_576).described("Lines of name,email[,group][,month_quota].")
        .example("Ada,ada@example.org,,25\nGrace,,,\n")

    private static let newKey = Schema.body(
        [
            "name": .name, "group_id": Schema.idOrText.orNull, "role": role.orNull, "email": Schema.string().orNull,
            "month_quota": Schema.amount.orNull, "balance": Schema.amount.orNull,
            "expires_at": Schema.givenTime.orNull, "rpm": limit.orNull, "tpm": limit.orNull,
            "max_parallel": limit.orNull, "strict": Schema.boolean.orNull, "record_text": Schema.boolean.orNull,
        ], required: ["name"]
    ).example(["name": "jack", "role": "user", "month_quota": 1])

    private static let keyChanges = Schema.body(
        [
            "id": .idOrText, "name": .name, "group_id": Schema.idOrText.orNull, "role": role, "email": .text,
            "month_quota": Schema.amount.orNull, "expires_at": Schema.givenTime.orNull, "rpm": limit, "tpm": limit,
            "max_parallel": limit, "strict": .boolean, "record_text": .boolean, "disabled": .boolean,
        ], required: ["id"])

    private static let recharge = Schema.body(
        [
            "id": .idOrText, "api_key": .string(1...256), "balance": .number(-1_000_000_000...1_000_000_000),
            "note": Schema.string(0...500).orNull, "adjust": Schema.boolean.orNull,
        ], required: ["balance"]
    ).requiring(oneOf: ["id", "api_key"]).example(["id": 2, "balance": 5, "note": "invoice 17"])

    static let payments: Area = [
        "GET /admin/payment/list": .read(
            "Recharges and adjustments", [.rowID("key_id")] + Parameter.page(orderedBy: PaymentRecord.sortable),
            .list(of: "Payment"))
    ]

    static let groups: Area = [
        "GET /admin/group/list": .read(
            "Groups", [.text("q", "A part of the name.")] + Parameter.page(orderedBy: GroupRecord.sortable),
            .list(of: "Group")),
        "POST /admin/group/save": .change(
            "Make a group, or with `id` change one",
            .body(["id": .idOrText, "name": .name, "key": .string(0...100)]).requiring(anyOf: [["id"], ["name"]]),
            .named("Group"), errors: [404, 409]),
        "POST /admin/group/delete": .change(
            "Delete a group", .body(["id": .idOrText, "force": Schema.boolean.orNull], required: ["id"]),
            .constant(true), errors: [404, 409]),
        "GET /admin/group/detail/{id}": .read("A group", [.id], .named("Group"), errors: [404]),
    ]
}
