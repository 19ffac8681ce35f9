internal import Core

/// The tier of service that a call asks for (conformance P11).
enum ConverseServiceTier {
    private static let known = ["default", "flex", "priority", "reserved"]
    /// None of these costs more than the model's prices say; a dearer one is the operator's to allow.
    private static let usual = ["default", "flex"]

    static func allowed(_ reader: BedrockConfigReader) throws(GatewayError) -> [String] {
        guard let values = try reader.array("serviceTiers") else { return usual }
        let tiers = values.compactMap(\.string)
        guard tiers.count == values.count, tiers.allSatisfy(known.contains) else {
            throw reader.fail("serviceTiers", "must be an array of words from \(known.joined(separator: ", "))")
        }
        return tiers
    }

    /// Nil where the service decides, which is also what `auto` means.
    static func json(_ request: ChatRequest, config: BedrockConfig) throws(GatewayError) -> JSONValue? {
        guard let tier = request.serviceTier, tier != "auto" else { return nil }
        guard config.serviceTiers.contains(tier) else {
            let others = (["auto"] + config.serviceTiers).joined(separator: ", ")
            throw .invalid("service_tier: this model offers \(others); leave it out or use one.", param: "service_tier")
        }
        return ["type": .string(tier)]
    }
}
