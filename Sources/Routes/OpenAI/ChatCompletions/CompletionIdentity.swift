internal import Core

/// What is the same on every chunk and in the whole answer of one call.
struct CompletionIdentity: Sendable, Equatable {
    let id: String
    /// Seconds since 1970.
    let created: Int
    /// The name that the client asked for.
    let model: String

    init(requestID: String, created: Timestamp, model: String) {
        id = "chatcmpl-" + requestID
        self.created = Int(created.seconds)
        self.model = model
    }

    /// Puts the call's own values into a provider's chunk or answer; its other members stay, in their order.
    func stamp(_ object: JSONObject) -> JSONObject {
        var object = object
        object["id"] = .string(id)
        object["created"] = .int(created)
        object["model"] = .string(model)
        return object
    }
}
