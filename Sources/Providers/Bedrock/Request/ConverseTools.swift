internal import Core

/// The `toolConfig` of a call.
struct ConverseTools {
    /// Nil when the call needs none.
    private(set) var config: JSONObject?
    /// The client wants no call, but the history forces the tools to be sent.
    private(set) var forbidsCalls = false
    private var answerTool: ConverseStructuredOutput.AnswerTool?

    /// The service demands `toolConfig` whenever a message holds a tool block (conformance U4): without tools from the
    /// client, specifications are rebuilt from the names in the history.
    init(
        _ request: ChatRequest, names: ConverseToolNames, historyHasTools: Bool, mayForce: Bool,
        answer: ConverseStructuredOutput, capabilities: ModelCapabilities, cachePoints: inout ConverseCachePoints
    ) throws(GatewayError) {
        if case .tool(let tool) = answer { answerTool = tool }
        if request.toolChoice == ToolChoice.none, !historyHasTools {
            if let answerTool { config = Self.config(for: answerTool, capabilities) }
            return
        }
        try Self.requireTools(request, historyHasTools: historyHasTools, capabilities)
        var specifications: [JSONValue] = []
        var sent: Set<String> = []
        for (index, tool) in request.tools.enumerated() where sent.insert(names[tool.name]).inserted {
            specifications.append(
                try Self.specification(tool, name: names[tool.name], at: "tools[\(index)]", capabilities))
            if capabilities.cachePoints == .messagesAndTools, let point = cachePoints.point(tool.cacheControl) {
                specifications.append(point)
            }
        }
        let isRebuilt = specifications.isEmpty
        if isRebuilt {
            guard historyHasTools else {
                if let answerTool { config = Self.config(for: answerTool, capabilities) }
                return
            }
            specifications = Self.rebuilt(from: request, names: names)
        }
        if let answerTool { specifications.append(Self.specification(of: answerTool)) }
        var config: JSONObject = ["tools": .array(specifications)]
        forbidsCalls = isRebuilt || request.toolChoice == ToolChoice.none
        if !forbidsCalls, mayForce {
            config["toolChoice"] = try Self.choice(request, names: names, capabilities)
        }
        self.config = config
    }

    /// What keeps Anthropic's models from calling several tools at once (conformance U5). Where `toolChoice` says the type of
    /// choice, a second type beside it is refused; where it does not, the type is demanded here.
    func parallelSwitch(_ request: ChatRequest, _ capabilities: ModelCapabilities) -> JSONValue? {
        guard request.parallelToolCalls == false, capabilities.parallelSwitch, let config, !forbidsCalls else {
            return nil
        }
        var choice: JSONObject = config["toolChoice"] == nil ? ["type": "auto"] : [:]
        choice["disable_parallel_tool_use"] = true
        return .object(choice)
    }

    private static func requireTools(
        _ request: ChatRequest, historyHasTools: Bool, _ capabilities: ModelCapabilities
    ) throws(GatewayError) {
        guard capabilities.tools == .none else { return }
        if !request.tools.isEmpty {
            throw .invalid(
                "tools: this model takes no tools; leave them out, or ask for another model.", param: "tools")
        }
        if historyHasTools {
            throw .invalid(
                "messages: this model takes no tools, and the conversation has calls of some; ask for another model.",
                param: "messages")
        }
    }

    /// The answer's tool alone.
    private static func config(
        for tool: ConverseStructuredOutput.AnswerTool, _ capabilities: ModelCapabilities
    ) -> JSONObject {
        var config: JSONObject = ["tools": [specification(of: tool)]]
        if tool.isForced {
            config["toolChoice"] = capabilities.tools == .named ? ["tool": ["name": .string(tool.name)]] : ["any": [:]]
        }
        return config
    }

    private static func specification(of tool: ConverseStructuredOutput.AnswerTool) -> JSONValue {
        [
            "toolSpec": [
                "name": .string(tool.name), "description": .string(tool.description),
                "inputSchema": ["json": .object(tool.schema)],
            ]
        ]
    }

    private static func specification(
        _ tool: ToolDefinition, name: String, at place: String, _ capabilities: ModelCapabilities
    ) throws(GatewayError) -> JSONValue {
        var specification: JSONObject = ["name": .string(name)]
        if let description = tool.description, !ConverseContentEncoder.isBlank(description) {
            specification["description"] = .string(description)
        }
        let schema = try schema(tool.parameters, at: place)
        specification["inputSchema"] = ["json": .object(schema)]
        // A schema that is no grammar would be refused with it; without it, the call is only not guaranteed to fit.
        if tool.strict == true, capabilities.strictTools, ConverseSchema.isClosed(schema) {
            specification["strict"] = true
        }
        return ["toolSpec": .object(specification)]
    }

    /// The schema as the client wrote it; only a missing root type is added.
    private static func schema(_ parameters: JSONObject?, at place: String) throws(GatewayError) -> JSONObject {
        guard var schema = parameters, !schema.isEmpty else { return ["type": "object", "properties": [:]] }
        if let type = schema.present("type") {
            guard type.string == "object" else {
                throw .invalid(
                    "\(place): the schema's root type must be \"object\".", param: "\(place).function.parameters")
            }
        } else {
            schema["type"] = "object"
        }
        return schema
    }

    private static func choice(
        _ request: ChatRequest, names: ConverseToolNames, _ capabilities: ModelCapabilities
    ) throws(GatewayError) -> JSONValue? {
        switch request.toolChoice {
        case nil, .auto, ToolChoice.none?: return nil
        case .required:
            return capabilities.tools == .any || capabilities.tools == .named ? ["any": [:]] : nil
        case .named(let name):
            guard request.tools.contains(where: { $0.name == name }) else {
                throw .invalid("tool_choice: no tool of that name is in tools.", param: "tool_choice")
            }
            switch capabilities.tools {
            case .none, .auto: return nil
            case .any: return ["any": [:]]
            case .named: return ["tool": ["name": .string(names[name])]]
            }
        }
    }

    private static func rebuilt(from request: ChatRequest, names: ConverseToolNames) -> [JSONValue] {
        var used: [String] = []
        for message in request.messages {
            for part in message.parts {
                if case .toolUse(let use) = part.content, !used.contains(names[use.name]) {
                    used.append(names[use.name])
                }
            }
        }
        // Results without their calls name no tool; the service wants one all the same.
        if used.isEmpty { used = ["past_tool"] }
        return used.map { name in
            let schema: JSONValue = ["json": ["type": "object", "properties": [:]]]
            return [
                "toolSpec": [
                    "name": .string(name), "description": .string(ConversePhrases.pastTool), "inputSchema": schema,
                ]
            ]
        }
    }
}
