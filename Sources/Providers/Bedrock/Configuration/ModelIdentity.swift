/// The foundation model behind a `modelId`: an id, an inference profile or an ARN.
struct ModelIdentity: Sendable, Equatable {
    /// Areas in front of the ids of cross-region inference profiles.
    private static let profileAreas = ["us", "eu", "apac", "global", "us-gov", "jp", "au", "ca"]

    /// Such as `anthropic.claude-sonnet-4-5-20250929-v1:0`; nil when the id does not tell.
    let foundationModel: String?
    /// The region that an ARN names.
    let region: String?

    /// `base` is what the operator says is behind the id (`config.baseModelId`); it wins.
    init(_ modelID: String, base: String?) {
        let parts = modelID.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
        let isARN = parts.count == 6 && parts[0] == "arn"
        region = isARN && !parts[3].isEmpty ? String(parts[3]) : nil
        if let base {
            foundationModel = Self.withoutArea(base)
        } else if isARN {
            foundationModel = Self.model(inResource: parts[5])
        } else {
            foundationModel = Self.withoutArea(modelID)
        }
    }

    var capabilities: ModelCapabilities {
        foundationModel.map(ModelCatalog.capabilities) ?? ModelCatalog.unknown
    }

    private static func model(inResource resource: Substring) -> String? {
        let parts = resource.split(separator: "/", maxSplits: 1)
        guard parts.count == 2, parts[0] == "foundation-model" || parts[0] == "inference-profile" else { return nil }
        return withoutArea(String(parts[1]))
    }

    private static func withoutArea(_ id: String) -> String {
        guard let dot = id.firstIndex(of: "."), profileAreas.contains(String(id[..<dot])) else { return id }
        return String(id[id.index(after: dot)...])
    }
}
