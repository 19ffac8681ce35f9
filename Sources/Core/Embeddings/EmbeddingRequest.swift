/// A call for embeddings in no vendor's dialect.
package struct EmbeddingRequest: Sendable {
    package enum Input: Sendable, Equatable {
        case text(String)
        /// Numbers of tokens, which only the model's own vendor can read.
        case tokens([Int])
    }

    /// How the client wants vectors written.
    package enum Encoding: String, Sendable {
        case float
        /// The vector's 32-bit floating-point numbers, little-endian, in base64.
        case base64
    }

    /// The name that the client asked for.
    package var model: String
    /// At least one; none is empty.
    package var inputs: [Input]
    package var encoding = Encoding.float
    package var dimensions: Int?
    /// What the vectors are for, as Cohere's `input_type` names it.
    package var inputType: String?
    /// The whole body as the client sent it, for providers that speak OpenAI's dialect themselves.
    package var openAIBody: JSONObject = [:]
    /// Bytes of the body as received.
    package var byteCount = 0

    /// Its encoding belongs on a helper thread.
    package var isLarge: Bool { byteCount >= ChatRequest.largeBody }

    package init(model: String, inputs: [Input]) {
        self.model = model
        self.inputs = inputs
    }
}
