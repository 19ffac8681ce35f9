internal import Core

/// A call in the dialect of OpenAI's Responses: the chat that it means, and what its answer repeats of it.
struct ResponsesOrder: Sendable {
    var request: ChatRequest
    /// Members of every response object, with the defaults of what the client left out.
    var settings: JSONObject
    /// Whether reasoning comes with what the client needs to send it back (`include`).
    var includesEncryptedReasoning: Bool
}
