/// A call as an Anthropic client sent it, for providers that speak Anthropic's dialect themselves.
package struct AnthropicOriginal: Sendable, Equatable {
    /// The whole body.
    package var body: JSONObject
    /// The `anthropic-version` header field.
    package var version: String?
    /// The names in the `anthropic-beta` header field, in their order.
    package var betas: [String]
    /// Where the first member stands that no other dialect has words for, such as `tools[1].type`; nil when all of the
    /// request is also in the ``ChatRequest``.
    package var untranslated: String?

    package init(
        body: JSONObject, version: String? = nil, betas: [String] = [], untranslated: String? = nil
    ) {
        self.body = body
        self.version = version
        self.betas = betas
        self.untranslated = untranslated
    }
}
