internal import Core

/// The places of a model: each of its regions with each of its credentials. Read without checking the rest of the
/// configuration, since it is asked for every call.
enum BedrockPlaces {
    /// Neighbours differ in their regions first: throttling is by region and account.
    static func list(_ config: JSONObject, environment: AWSEnvironment) -> [ProviderEndpoint] {
        let regions = regions(config) ?? [environment.region]
        let credentials = max(1, config.present("credentials")?.array?.count ?? 0)
        return (0..<credentials).flatMap { index in
            regions.map { ProviderEndpoint(region: $0, credentials: index) }
        }
    }

    private static func regions(_ config: JSONObject) -> [String?]? {
        if let several = config.present("regions")?.array, !several.isEmpty { return several.map(\.string) }
        if let single = config.present("region")?.string, !single.isEmpty { return [single] }
        let id = config.present("modelId")?.string ?? ""
        guard id.hasPrefix("arn:") else { return nil }
        return ModelIdentity(id, base: nil).region.map { [$0] }
    }
}
