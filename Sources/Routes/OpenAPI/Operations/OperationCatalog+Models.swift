internal import Core

extension OperationCatalog {
    static let models: Area = [
        "GET /admin/model/list": .read(
            "Models",
            [.text("q", "A part of the name."), .text("provider")] + Parameter.page(orderedBy: ModelRecord.sortable),
            .list(of: "Model")),
        "POST /admin/model/save": .change(
            "Make a model, or with `id` change one", modelBody, .named("Model"), errors: [404, 409]),
        "POST /admin/model/delete": .change("Delete a model", onlyID, .constant(true), errors: [404]),
        "GET /admin/model/detail/{id}": .read("A model", [.id], .named("Model"), errors: [404]),
        "GET /admin/model/list-providers": .read(
            "Providers, and what their models' config may have", Parameter.part, .list(of: "Provider")),
        "POST /admin/model/test": .change(
            "Call a model once, past the ledger", onlyID, .named("ModelTest"), errors: [404]),
    ]

    private static let onlyID = Schema.body(["id": .idOrText], required: ["id"])

    private static let modelBody = Schema.body([
        "id": .idOrText, "name": .name, "provider": Schema.text.example("echo"),
        "config": Schema.any(of: [.text.described("The JSON text of the object."), .open([:])])
            .described("GET /admin/model/list-providers tells the members.").example([:]),
        "multiple": Schema.any(of: [.boolean, .integer(0...1)]).described("Whether it takes images."),
        "price_in": .amount, "price_out": .amount, "price_cache_read": Schema.amount.orNull,
        "price_cache_write": Schema.amount.orNull, "price_cache_write_1h": Schema.amount.orNull,
        "price_image": Schema.amount.orNull.described("US dollars an image."),
        "group_id": Schema.any.described("Accepted and ignored."),
    ]).requiring(anyOf: [["id"], ["name", "provider"]]).example([
        "name": "parrot", "provider": "echo", "config": [:], "price_in": 3, "price_out": 15,
    ])
}
