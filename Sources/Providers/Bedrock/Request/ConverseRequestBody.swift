internal import Core

/// The body of a Converse or ConverseStream call, and what its answer needs to be read.
struct ConverseRequestBody: Sendable {
    let bytes: [UInt8]
    /// Tool names that had to change: what was sent to what the client calls it.
    let toolNames: [String: String]

    /// Encodes a call. Pure, for any thread; linear in the size of the request.
    init(_ request: ChatRequest, config: BedrockConfig, maxTokens: Int?) throws(GatewayError) {
        let json = try Self.json(request, config: config, maxTokens: maxTokens)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(request.byteCount + 512)
        bytes.appendJSON(json.object)
        self.bytes = bytes
        toolNames = json.names.originals
    }

    private static func json(
        _ request: ChatRequest, config: BedrockConfig, maxTokens: Int?
    ) throws(GatewayError) -> (object: JSONObject, names: ConverseToolNames) {
        let capabilities = config.identity.capabilities
        let names = ConverseToolNames(of: request)
        let encoder = ConverseContentEncoder(capabilities: capabilities, toolNames: names)
        var conversation = try ConverseConversation(request.messages, encoder: encoder)
        let isThinking = Self.isThinking(request, conversation, capabilities)
        let inference = try ConverseInference(
            request, maxTokens: maxTokens ?? request.maxTokens ?? config.maxTokens, additional: config.additionalFields,
            isThinking: isThinking, capabilities: capabilities)
        var cachePoints = conversation.encoder.cachePoints
        let tools = try ConverseTools(
            request, names: names, historyHasTools: conversation.hasToolBlocks, mayForce: !isThinking,
            capabilities: capabilities, cachePoints: &cachePoints)
        if tools.forbidsCalls { conversation.addSystem(ConversePhrases.noToolCall) }

        var body: JSONObject = ["messages": .array(conversation.turns.map(\.json))]
        if !conversation.system.isEmpty { body["system"] = .array(conversation.system) }
        if !inference.config.isEmpty { body["inferenceConfig"] = .object(inference.config) }
        if let toolConfig = tools.config { body["toolConfig"] = .object(toolConfig) }
        if !inference.additional.isEmpty { body["additionalModelRequestFields"] = .object(inference.additional) }
        if var guardrail = config.guardrail {
            // Only the stream operation has the member.
            if !request.isStream { guardrail["streamProcessingMode"] = nil }
            body["guardrailConfig"] = .object(guardrail)
        }
        return (body, names)
    }

    /// Thinking that a client asks for is dropped where the history holds a tool call without its reasoning: the service
    /// refuses such a history while thinking is on (conformance P8).
    private static func isThinking(
        _ request: ChatRequest, _ conversation: ConverseConversation, _ capabilities: ModelCapabilities
    ) -> Bool {
        guard capabilities.takesThinking, let thinking = request.thinking else { return false }
        return thinking["type"]?.string != "disabled" && !conversation.hasUnreasonedToolUse
    }
}
