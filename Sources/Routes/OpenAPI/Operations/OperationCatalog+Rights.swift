internal import Core

extension OperationCatalog {
    static let rights: Area = [
        "GET /admin/group/list-model": .read(
            "Models that a group is authorized for", [.required("group_id", .id)] + Parameter.part,
            .list(of: "GroupRight"), errors: [404]),
        "POST /admin/group/bind-model": .change(
            "Authorize a group for a model", pair("group_id"), .constant(true), errors: [404]),
        "POST /admin/group/unbind-model": .change(
            "Take a model away from a group", pair("group_id"), .constant(true), errors: [404]),
        "POST /admin/group/bind-or-unbind-model": .change(
            "Authorize a group for a model, or take it away", pair("group_id"),
            .one(of: ["created", "deleted"]), errors: [404]),
        "GET /admin/api-key/list-model": .read(
            "Models that a key is authorized for", [.required("key_id", .id)] + Parameter.part,
            .list(of: "KeyRight"), errors: [404]),
        "POST /admin/api-key/bind-model": .change(
            "Authorize a key for a model", pair("key_id"), .constant(true), errors: [404]),
        "POST /admin/api-key/unbind-model": .change(
            "Take a model away from a key", pair("key_id"), .constant(true), errors: [404]),
        "POST /admin/api-key/bind-or-unbind-model": .change(
            "Authorize a key for a model, or take it away", pair("key_id"),
            .one(of: ["created", "deleted"]), errors: [404]),
    ]

    private static func pair(_ holder: String) -> Schema {
        .body([holder: .idOrText, "model_id": .idOrText], required: [holder, "model_id"])
    }
}
