import Core
import Testing

@testable import Providers

/// Encodes a request and checks the result against the service's model before a test looks at it.
enum ConverseEncoding {
    static let claude = "us.anthropic.claude-3-5-sonnet-20241022-v2:0"
    /// Thinks with a budget.
    static let claude37 = "us.anthropic.claude-3-7-sonnet-20250219-v1:0"
    static let claude45 = "global.anthropic.claude-sonnet-4-5-20250929-v1:0"
    /// Thinks by its own measure.
    static let claude46 = "us.anthropic.claude-opus-4-6-v1"
    static let llama = "meta.llama3-1-70b-instruct-v1:0"

    static func body(
        _ messages: [ChatMessage], model: String = claude, config more: JSONObject = [:], maxTokens: Int? = nil,
        change: (inout ChatRequest) -> Void = { _ in }
    ) throws -> JSONObject {
        let (request, config) = try parts(messages, model: model, more, change)
        let body = try ConverseRequestBody(request, config: config, maxTokens: maxTokens)
        let json = try JSONParser.parse(body.bytes)
        let shape = request.isStream ? "ConverseStreamRequest" : "ConverseRequest"
        #expect(try ShapeValidator().problems(json, shape: shape) == [])
        return try #require(json.object)
    }

    /// The error that encoding throws.
    static func error(
        _ messages: [ChatMessage], model: String = claude, config more: JSONObject = [:],
        change: (inout ChatRequest) -> Void = { _ in }
    ) throws -> GatewayError {
        let (request, config) = try parts(messages, model: model, more, change)
        let error = #expect(throws: GatewayError.self) {
            _ = try ConverseRequestBody(request, config: config, maxTokens: nil)
        }
        return try #require(error)
    }

    static func reading(
        _ messages: [ChatMessage], model: String = claude, change: (inout ChatRequest) -> Void
    ) throws -> ConverseReading {
        let (request, config) = try parts(messages, model: model, [:], change)
        return try ConverseRequestBody(request, config: config, maxTokens: nil).reading
    }

    private static func parts(
        _ messages: [ChatMessage], model: String, _ more: JSONObject, _ change: (inout ChatRequest) -> Void
    ) throws -> (ChatRequest, BedrockConfig) {
        var request = ChatRequest(model: "m", messages: messages)
        change(&request)
        var config = more
        config["modelId"] = .string(model)
        return (request, try BedrockConfig(config))
    }
}

extension ChatMessage {
    static func user(_ text: String) -> ChatMessage { ChatMessage(.user, [.text(text)]) }
    static func assistant(_ text: String) -> ChatMessage { ChatMessage(.assistant, [.text(text)]) }
    static func system(_ text: String) -> ChatMessage { ChatMessage(.system, [.text(text)]) }

    static func calls(_ uses: (String, String, String)...) -> ChatMessage {
        ChatMessage(.assistant, uses.map { ContentPart(.toolUse(ToolUse(id: $0.0, name: $0.1, arguments: $0.2))) })
    }

    static func result(_ id: String, _ text: String = "ok") -> ChatMessage {
        ChatMessage(.tool, [ContentPart(.toolResult(ToolResult(toolUseID: id, parts: [.text(text)])))])
    }
}

extension JSONObject {
    /// Looks along a path of names and indices: `"messages", 0, "role"`.
    func at(_ path: any Sendable...) -> JSONValue? {
        var value: JSONValue? = .object(self)
        for step in path {
            if let name = step as? String {
                value = value?.object?[name]
            } else if let index = step as? Int {
                let array = value?.array ?? []
                value = array.indices.contains(index) ? array[index] : Optional.none
            }
        }
        return value
    }
}
