internal import Core

/// The objects of one answer of Responses, with the call's ids and model in them.
struct ResponseIdentity: Sendable, Equatable {
    private let requestID: String
    /// Seconds since 1970.
    private let created: Int
    /// The name that the client asked for.
    private let model: String

    init(requestID: String, created: Timestamp, model: String) {
        self.requestID = requestID
        self.created = Int(created.seconds)
        self.model = model
    }

    /// A response object. Its output is given where its status says that it has one.
    ///
    /// - Parameter completed: when it was; nil for one that is not complete.
    func response(
        status: String, settings: JSONObject, output: [JSONValue], completed: Timestamp? = nil,
        incompleteReason: String? = nil, error: JSONValue = .null, usage: TokenUsage? = nil
    ) -> JSONObject {
        var object: JSONObject = [
            "id": .string("resp_" + requestID), "object": "response", "created_at": .int(created),
            "completed_at": .optional(completed.map { Int($0.seconds) }), "status": .string(status),
            "background": false, "error": error,
            "incomplete_details": incompleteReason.map { ["reason": .string($0)] } ?? .null,
            "model": .string(model), "output": .array(output),
        ]
        for member in settings.members { object[member.name] = member.value }
        object["usage"] = usage.map(Self.usage) ?? .null
        return object
    }

    private static func usage(_ usage: TokenUsage) -> JSONValue {
        [
            "input_tokens": .int(usage.prompt),
            "input_tokens_details": [
                "cached_tokens": .int(usage.cacheRead), "cache_creation_tokens": .int(usage.cacheCreation),
            ],
            "output_tokens": .int(usage.output),
            "output_tokens_details": ["reasoning_tokens": .int(usage.reasoning ?? 0)],
            "total_tokens": .int(usage.total),
        ]
    }

    /// An item's id by its place among the answer's items.
    private func id(_ kind: String, _ place: Int) -> JSONValue { .string("\(kind)_\(requestID)_\(place)") }

    /// - Parameter text: nil while there is none yet.
    func message(_ place: Int, text: String?, status: String) -> JSONObject {
        [
            "id": id("msg", place), "type": "message", "status": .string(status), "role": "assistant",
            "content": .array(text.map { [Self.textPart($0)] } ?? []),
        ]
    }

    static func textPart(_ text: String) -> JSONValue {
        ["type": "output_text", "text": .string(text), "annotations": [], "logprobs": []]
    }

    /// - Parameter encrypted: what the client is to send back; nil when it did not ask for it.
    func reasoning(_ place: Int, summary: [JSONValue], encrypted: String?) -> JSONObject {
        var item: JSONObject = ["id": id("rs", place), "type": "reasoning", "summary": .array(summary)]
        if let encrypted { item["encrypted_content"] = .string(encrypted) }
        return item
    }

    func call(_ place: Int, id: String, name: String, arguments: String, status: String) -> JSONObject {
        [
            "id": self.id("fc", place), "type": "function_call", "status": .string(status), "call_id": .string(id),
            "name": .string(name), "arguments": .string(arguments),
        ]
    }
}
