package import Core

/// Where a model's calls go, for whoever wants to know whether that can be reached. Reads no more of the configuration
/// than it needs.
package enum ProviderAddresses {
    /// Base addresses, such as `https://bedrock-runtime.us-east-1.amazonaws.com`; empty for a provider without a network.
    /// Throws what a call would fail with.
    package static func of(
        provider: String, config: JSONObject, environment: AWSEnvironment
    ) throws(GatewayError) -> [String] {
        switch provider {
        case "bedrock-converse":
            if let endpoint = config.present("endpoint")?.string { return [endpoint] }
            var found: [String] = []
            for place in BedrockPlaces.list(config, environment: environment) {
                guard let region = place.region else { throw BedrockCall.noRegion }
                let address = BedrockCall.publicAddress(region)
                if !found.contains(address) { found.append(address) }
            }
            return found
        case "openai-compatible":
            return [try OpenAIBaseURL.check(config.present("baseURL")?.string ?? "").base]
        case "anthropic":
            return [config.present("baseURL")?.string ?? AnthropicConfig.defaultAddress]
        default:
            return []
        }
    }

    /// Whether the model is called with the credentials of the gateway's own surroundings.
    package static func usesOwnSurroundings(provider: String, config: JSONObject) -> Bool {
        provider == "bedrock-converse" && (config.present("credentials")?.array ?? []).isEmpty
            && config.present("bearerToken") == nil
    }
}
