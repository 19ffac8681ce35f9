/// A chat call in no vendor's dialect: what the OpenAI, Anthropic and Responses routes parse into and what every
/// provider encodes from. A value; it may be handed to a helper thread.
package struct ChatRequest: Sendable {
    /// The name that the client asked for.
    package var model: String
    package var messages: [ChatMessage]
    package var tools: [ToolDefinition] = []
    package var toolChoice: ToolChoice?
    package var parallelToolCalls: Bool?
    /// `max_completion_tokens`, else `max_tokens`.
    package var maxTokens: Int?
    /// The client's digits: 0 is a value, not absence.
    package var temperature: JSONNumber?
    package var topP: JSONNumber?
    package var topK: Int?
    package var stop: [String] = []
    /// OpenAI's `n`. More than 1 only where the provider passes OpenAI's dialect through; others answer 400.
    package var choiceCount = 1
    package var reasoningEffort: String?
    /// Anthropic's `thinking` object as the client sent it.
    package var thinking: JSONObject?
    package var responseFormat: JSONObject?
    package var serviceTier: String?
    package var user: String?
    package var metadata: JSONObject?
    package var isStream = false
    /// `stream_options.include_usage`.
    package var wantsUsage = false
    /// The whole body as an OpenAI client sent it, for providers that speak OpenAI's dialect themselves; nil when the
    /// call came in another dialect.
    package var openAIBody: JSONObject?
    /// What came in Anthropic's dialect, for a provider that speaks it too; nil when the call came in another.
    package var anthropic: AnthropicOriginal?
    /// Where the body names each URL of a file for the first time, as an error is to say it:
    /// `messages[2].content[1].image_url.url`. Empty only when the messages name none, or none is to be fetched.
    package var addressPlaces: [String: String] = [:]
    /// Bytes of the body as received.
    package var byteCount = 0

    /// Bytes from which JSON and hashing no longer belong on the event loop.
    package static let largeBody = 256 * 1024

    /// Its encoding belongs on a helper thread.
    package var isLarge: Bool { byteCount >= Self.largeBody }

    package init(model: String, messages: [ChatMessage]) {
        self.model = model
        self.messages = messages
    }
}
