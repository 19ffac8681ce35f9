package import Core

/// What an operator may set about calls, for the whole site.
package struct GatewaySettings: Sendable {
    /// What happens to images sent to a model that is not marked multimodal (`multiple`).
    package enum ImagePolicy: Sendable {
        /// They are passed on; a provider whose model cannot see refuses them itself.
        case providerDecides
        /// 400 that names the part.
        case needsMultimodalModel
    }

    /// Whether prompts and answers are stored at all; a key can only opt out.
    package var recordsText = true
    /// Bytes of each recorded text (prompt, answer, reasoning); what is longer is cut, and marked so.
    package var recordedTextLimit = 1024 * 1024
    package var imagePolicy = ImagePolicy.providerDecides
    package var retries = RetryPolicy()
    /// For files that requests name by their URL.
    package var fetching = FetchPolicy()
    /// Pauses before the further attempts to write a record that storage would not take.
    package var settleRetries: [Duration] = [.milliseconds(50), .milliseconds(250), .seconds(1), .seconds(2)]

    package init() {}
}
