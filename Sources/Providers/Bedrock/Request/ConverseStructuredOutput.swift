internal import Core

/// How a call's `response_format` is carried out (conformance S1-S3).
enum ConverseStructuredOutput {
    /// Nothing was asked, or the answer will be a forced tool call anyway.
    case plain
    /// A system text asks for it.
    case instruction(String)
    /// The service holds the model to a schema.
    case native(JSONObject)
    /// A tool of the gateway's, whose arguments become the answer.
    case tool(AnswerTool)

    /// The tool's name is the one that is sent.
    struct AnswerTool {
        let name: String
        let description: String
        let schema: JSONObject
        let isForced: Bool

        /// Some models put the whole answer under `properties`, as the schema does.
        var unwraps: Bool { schema["properties"]?.object?["properties"] == nil }
    }

    /// - Parameters:
    ///   - historyHasTools: see ``ConverseTools``.
    ///   - mayForce: whether thinking leaves room for a forced call.
    init(
        _ request: ChatRequest, names: ConverseToolNames, historyHasTools: Bool, mayForce: Bool,
        capabilities: ModelCapabilities
    ) throws(GatewayError) {
        guard let format = request.responseFormat, let type = format["type"]?.string, type != "text" else {
            self = .plain
            return
        }
        let description = format.present("json_schema")?.object ?? [:]
        guard type == "json_schema", let schema = try Self.schema(description) else {
            self = .instruction(ConversePhrases.jsonObject)
            return
        }
        if capabilities.structuredOutput == .native, let closed = ConverseSchema.closed(schema) {
            self = .native(Self.outputConfig(description, schema: closed))
            return
        }
        let offersTools = !request.tools.isEmpty && request.toolChoice != ToolChoice.none
        guard capabilities.structuredOutput != .text, capabilities.tools != .none, offersTools || !historyHasTools
        else {
            self = .instruction(ConversePhrases.jsonSchema + JSONValue.object(schema).text)
            return
        }
        let canForce = mayForce && (capabilities.tools == .any || capabilities.tools == .named)
        switch request.toolChoice {
        case .required, .named:
            if offersTools, canForce {
                self = .plain
                return
            }
        case nil, .auto, ToolChoice.none?: break
        }
        self = .tool(
            AnswerTool(
                name: names.unused("json_answer"),
                description: description.present("description")?.string.flatMap {
                    ConverseContentEncoder.isBlank($0) ? nil : $0
                } ?? ConversePhrases.answerTool,
                schema: schema, isForced: canForce && !offersTools))
    }

    /// The note that goes into the system prompt; nil for none.
    var note: String? {
        switch self {
        case .plain, .native: nil
        case .instruction(let text): text
        case .tool(let tool): tool.isForced ? nil : ConversePhrases.callAnswerTool(tool.name)
        }
    }

    /// A begun answer and one that is held to a schema exclude one another.
    var continuesAssistant: Bool {
        switch self {
        case .plain, .instruction: true
        case .native, .tool: false
        }
    }

    /// What reads the answer; nil when it needs no more reading than any other.
    var reader: StructuredAnswer? {
        switch self {
        case .plain, .native: nil
        case .instruction: StructuredAnswer(.text)
        case .tool(let tool): StructuredAnswer(.tool(name: tool.name, unwraps: tool.unwraps))
        }
    }

    /// Nil where the client names a schema without saying one.
    private static func schema(_ description: JSONObject) throws(GatewayError) -> JSONObject? {
        guard var schema = description.present("schema")?.object, !schema.isEmpty else { return nil }
        if let type = schema.present("type") {
            guard type.string == "object" else {
                let path = "response_format.json_schema.schema"
                throw .invalid(
                    "\(path): the schema's root type must be \"object\"; put other values into a property.", param: path
                )
            }
        } else {
            schema["type"] = "object"
        }
        return schema
    }

    private static func outputConfig(_ description: JSONObject, schema: JSONObject) -> JSONObject {
        var definition: JSONObject = ["schema": .string(JSONValue.object(schema).text)]
        for member in ["name", "description"] {
            if let text = description.present(member)?.string, !text.isEmpty { definition[member] = .string(text) }
        }
        return ["textFormat": ["type": "json_schema", "structure": ["jsonSchema": .object(definition)]]]
    }
}
