/// The images that a provider made.
package enum ImageAnswer: Sendable, Equatable {
    /// Each in base64.
    case images([String])
    /// The provider's own answer in OpenAI's shape, unchanged.
    case openAI(JSONObject)
}
