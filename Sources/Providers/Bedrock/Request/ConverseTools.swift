internal import Core

/// The `toolConfig` of a call.
struct ConverseTools {
    /// Nil when the call needs none.
    private(set) var config: JSONObject?
    /// The client wants no call, but the history forces the tools to be sent.
    private(set) var forbidsCalls = false

    /// The service demands `toolConfig` whenever a message holds a tool block (conformance U4): without tools from the
    /// client, specifications are rebuilt from the names in the history.
    init(
        _ request: ChatRequest, names: ConverseToolNames, historyHasTools: Bool, mayForce: Bool,
        capabilities: ModelCapabilities, cachePoints: inout ConverseCachePoints
    ) throws(GatewayError) {
        if request.toolChoice == ToolChoice.none, !historyHasTools { return }
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
            guard historyHasTools else { return }
            specifications = Self.rebuilt(from: request, names: names)
        }
        var config: JSONObject = ["tools": .array(specifications)]
        forbidsCalls = isRebuilt || request.toolChoice == ToolChoice.none
        if !forbidsCalls, mayForce {
            config["toolChoice"] = try Self.choice(request, names: names, capabilities)
        }
        self.config = config
    }

    private static func specification(
        _ tool: ToolDefinition, name: String, at place: String, _ capabilities: ModelCapabilities
    ) throws(GatewayError) -> JSONValue {
        var specification: JSONObject = ["name": .string(name)]
        if let description = tool.description, !ConverseContentEncoder.isBlank(description) {
            specification["description"] = .string(description)
        }
        specification["inputSchema"] = ["json": .object(try schema(tool.parameters, at: place))]
        if tool.strict == true, capabilities.takesStrictTools { specification["strict"] = true }
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
            guard capabilities.forcedTools != .none else { return nil }
            return ["any": [:]]
        case .named(let name):
            guard request.tools.contains(where: { $0.name == name }) else {
                throw .invalid("tool_choice: no tool of that name is in tools.", param: "tool_choice")
            }
            switch capabilities.forcedTools {
            case .none: return nil
            case .any: return ["any": [:]]
            case .anyOrNamed: return ["tool": ["name": .string(names[name])]]
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
