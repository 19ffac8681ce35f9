internal import Core

/// Reads `text.format`, whose schema stands one level higher than in chat completions.
enum ResponsesTextFormat {
    /// As `response_format` of a chat completion; nil for plain text.
    static func read(_ body: ChatFields) throws(ChatFieldError) -> JSONObject? {
        guard let text = try body.object("text") else { return nil }
        return try inside("text") { () throws(ChatFieldError) in
            guard let format = try ChatFields(text).object("format") else { return nil }
            return try inside("format") { () throws(ChatFieldError) in try responseFormat(ChatFields(format)) }
        }
    }

    private static func responseFormat(_ format: ChatFields) throws(ChatFieldError) -> JSONObject? {
        let need = "one of text, json_object and json_schema"
        switch try format.string(required: "type", need) {
        case "text": return nil
        case "json_object": return ["type": "json_object"]
        case "json_schema":
            var schema: JSONObject = ["name": .string(try format.string(required: "name", "the schema's name"))]
            guard let object = try format.object("schema") else { throw .missing("schema", "a JSON schema") }
            schema["schema"] = .object(object)
            if let strict = try format.bool("strict") { schema["strict"] = .bool(strict) }
            if let description = try format.string("description") { schema["description"] = .string(description) }
            return ["type": "json_schema", "json_schema": .object(schema)]
        case let other: throw ChatFieldError("type", "is \(ChatFieldError.quoted(other)); it must be \(need)")
        }
    }
}
