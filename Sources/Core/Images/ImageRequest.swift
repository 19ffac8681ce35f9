/// A call for images in no vendor's dialect.
package struct ImageRequest: Sendable {
    /// How the client wants images given, where it says so.
    package enum Format: String, Sendable {
        case url
        case base64 = "b64_json"
    }

    /// In pixels.
    package struct Size: Sendable, Equatable {
        package let width: Int
        package let height: Int

        package init(width: Int, height: Int) {
            self.width = width
            self.height = height
        }
    }

    /// The name that the client asked for.
    package var model: String
    /// Not empty.
    package var prompt: String
    /// OpenAI's `n`.
    package var count = 1
    /// Nil leaves it to the provider.
    package var size: Size?
    /// OpenAI's word: `standard`, `hd`, `low`, `medium`, `high`; nil leaves it to the provider.
    package var quality: String?
    package var format: Format?
    /// The whole body as the client sent it, for providers that speak OpenAI's dialect themselves.
    package var openAIBody: JSONObject = [:]
    /// Bytes of the body as received.
    package var byteCount = 0

    /// Its encoding belongs on a helper thread.
    package var isLarge: Bool { byteCount >= ChatRequest.largeBody }

    package init(model: String, prompt: String) {
        self.model = model
        self.prompt = prompt
    }
}
