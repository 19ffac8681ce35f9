/// What every route takes and answers, by method and pattern. A test holds it against the router.
enum OperationCatalog {
    typealias Area = KeyValuePairs<String, Operation>

    /// The areas in the order of docs/api.md.
    static let areas: KeyValuePairs<String, Area> = [
        "LLM API": llm, "Keys": keys, "Payments": payments, "Models": models, "Groups": groups,
        "Model authorization": rights, "Webhooks": webhooks, "Chat records": records, "Statistics": statistics,
        "Audit": audit, "User API": user, "Operations": operations,
    ]
}
