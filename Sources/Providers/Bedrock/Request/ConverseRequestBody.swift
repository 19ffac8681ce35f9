internal import Core

/// The body of a Converse or ConverseStream call, and what its answer needs to be read.
struct ConverseRequestBody: Sendable {
    let bytes: [UInt8]
    let reading: ConverseReading

    /// Where Anthropic's models tell the tokens of thinking apart.
    static let usagePath = "/usage/output_tokens_details"

    /// Encodes a call. Pure, for any thread; linear in the size of the request.
    init(_ request: ChatRequest, config: BedrockConfig, maxTokens: Int?) throws(GatewayError) {
        var builder = try Builder(request, config: config, maxTokens: maxTokens)
        try builder.addTools()
        try builder.addFormat()
        let json = try builder.json()
        var bytes: [UInt8] = []
        bytes.reserveCapacity(request.byteCount + 512)
        bytes.appendJSON(json)
        self.bytes = bytes
        reading = builder.reading
    }
}

/// The parts of a body in the order in which they depend on one another.
private struct Builder {
    private let request: ChatRequest
    private let config: BedrockConfig
    private let names: ConverseToolNames
    private var conversation: ConverseConversation
    private let reasoning: ConverseReasoning
    private var inference: ConverseInference
    private let output: ConverseStructuredOutput
    private var toolConfig: JSONObject?

    init(_ request: ChatRequest, config: BedrockConfig, maxTokens: Int?) throws(GatewayError) {
        self.request = request
        self.config = config
        let capabilities = config.capabilities
        names = ConverseToolNames(of: request)
        let encoder = ConverseContentEncoder(capabilities: capabilities, toolNames: names)
        conversation = try ConverseConversation(request.messages, encoder: encoder)
        reasoning = try ConverseReasoning(
            request, capabilities: capabilities, maxTokens: maxTokens ?? request.maxTokens ?? config.maxTokens,
            historyAllows: !conversation.hasUnreasonedToolUse)
        inference = try ConverseInference(
            request, reasoning: reasoning, additional: config.additionalFields, capabilities: capabilities)
        output = try ConverseStructuredOutput(
            request, names: names, historyHasTools: conversation.hasToolBlocks, mayForce: !reasoning.isThinking,
            capabilities: capabilities)
        conversation.fitEnds(
            continuesAssistant: capabilities.prefill && !reasoning.isThinking && output.continuesAssistant)
        if let promptCache = config.promptCache, request.tools.allSatisfy({ $0.cacheControl == nil }) {
            conversation.markStablePart(promptCache.cacheControl)
        }
    }

    var reading: ConverseReading { ConverseReading(toolNames: names.originals, structured: output.reader) }

    mutating func addTools() throws(GatewayError) {
        var cachePoints = conversation.encoder.cachePoints
        let tools = try ConverseTools(
            request, names: names, historyHasTools: conversation.hasToolBlocks, mayForce: !reasoning.isThinking,
            answer: output, capabilities: config.capabilities, cachePoints: &cachePoints)
        if tools.forbidsCalls { conversation.addSystem(ConversePhrases.noToolCall) }
        if let choice = tools.parallelSwitch(request, config.capabilities) { inference.add("tool_choice", choice) }
        toolConfig = tools.config
    }

    mutating func addFormat() throws(GatewayError) {
        if let note = output.note { conversation.addSystem(note) }
    }

    func json() throws(GatewayError) -> JSONObject {
        var turns = conversation.turns
        let guardrail = try ConverseGuardrail.of(request, config: config)
        if guardrail?.guards == .last, let last = turns.lastIndex(where: { $0.role == .user }) {
            turns[last].guardText()
        }
        var body: JSONObject = ["messages": .array(turns.map(\.json))]
        if !conversation.system.isEmpty { body["system"] = .array(conversation.system) }
        if !inference.config.isEmpty { body["inferenceConfig"] = .object(inference.config) }
        if let toolConfig { body["toolConfig"] = .object(toolConfig) }
        if case .native(let output) = output { body["outputConfig"] = .object(output) }
        if !inference.additional.isEmpty { body["additionalModelRequestFields"] = .object(inference.additional) }
        if reasoning.isThinking, config.capabilities.reasoning != .asSent {
            body["additionalModelResponseFieldPaths"] = [.string(ConverseRequestBody.usagePath)]
        }
        if let guardrail { body["guardrailConfig"] = .object(guardrail.json(isStream: request.isStream)) }
        if let tier = try ConverseServiceTier.json(request, config: config) { body["serviceTier"] = tier }
        if let metadata = ConverseRequestMetadata.json(request) { body["requestMetadata"] = metadata }
        return body
    }
}
