internal import Core

/// A model's `config` as the provider understands it.
struct BedrockConfig: Sendable, Equatable {
    var modelID: String
    var identity: ModelIdentity
    /// The table's, with what `config.capabilities` says otherwise.
    var capabilities: ModelCapabilities
    /// The first of `regions`, or `region`, or an ARN's own; nil leaves it to the environment.
    var region: String?
    /// Without a slash at its end.
    var endpoint: String?
    var authorization: AWSAuthorization?
    var maxTokens: Int?
    var deadlines: Deadlines
    var additionalFields: JSONObject
    var guardrail: ConverseGuardrail?
    /// Tiers of service that a request may ask for.
    var serviceTiers: [String]
    /// Marks the prompt's stable part for caching where the client marks nothing.
    var promptCache: PromptCache?

    static let fields: [ConfigField] = [
        ConfigField(
            "modelId", .string, required: true, "Model id, inference profile id or ARN, as Amazon Bedrock names it."),
        ConfigField("region", .string, "AWS region, such as us-east-1; otherwise AWS_REGION."),
        ConfigField("regions", .array, "AWS regions instead of one; calls go to the first."),
        ConfigField(
            "credentials", .array, secret: true,
            "Key pairs {accessKeyId, secretAccessKey, sessionToken}; otherwise environment or shared file."),
        ConfigField("bearerToken", .string, secret: true, "A Bedrock API key instead of key pairs."),
        ConfigField("endpoint", .string, "Base URL instead of the region's public one, such as a VPC endpoint."),
        ConfigField("maxTokens", .integer, "Most output tokens of a call that names no limit."),
        ConfigField("timeouts", .object, "Milliseconds: connect_ms, first_byte_ms, idle_ms, total_ms."),
        ConfigField("maxRetries", .integer, "Further attempts after a failure that may pass, 0 to 10."),
        ConfigField(
            "additionalModelRequestFields", .object, "Members that the model's vendor defines, sent as they are."),
        ConfigField("baseModelId", .string, "The foundation model behind an ARN that does not name it."),
        ConfigField(
            "capabilities", .object,
            "What the model takes, where the table of models does not know better; docs/models.md lists the members."),
        ConfigField(
            "guardrail", .object,
            "Guardrail {guardrailIdentifier, guardrailVersion, trace, streamProcessingMode, guards}; requests cannot change it."
        ),
        ConfigField(
            "serviceTiers", .array,
            "Tiers that requests may ask for, of default, flex, priority and reserved; otherwise default and flex."),
        ConfigField(
            "promptCache", .string,
            "5m or 1h: the prompt up to the last user turn is cached for that time where a request marks nothing itself."
        ),
    ]

    /// Members that the gateway itself reads, whatever the provider.
    private static let gatewayMembers = ["fallbacks", "allowOverride"]

    /// Reads and checks; 400 naming `config.<member>`.
    init(_ config: JSONObject) throws(GatewayError) {
        let known = Self.fields.map(\.name)
        try BedrockConfigReader(config, at: "config").refuseUnknown(known: known, alsoTaken: Self.gatewayMembers)
        let reader = BedrockConfigReader(config, at: "config")
        modelID = try Self.modelID(reader)
        identity = ModelIdentity(modelID, base: try reader.string("baseModelId"))
        capabilities = identity.capabilities
        if let own = try reader.object("capabilities") { try capabilities.apply(own) }
        region = try Self.region(reader) ?? identity.region
        endpoint = try Self.endpoint(reader)
        authorization = try Self.authorization(reader)
        maxTokens = try reader.integer("maxTokens", in: 1...10_000_000)
        deadlines = try Self.deadlines(reader)
        _ = try reader.integer("maxRetries", in: 0...10)
        additionalFields = try reader.object("additionalModelRequestFields") ?? [:]
        guardrail = try reader.object("guardrail").map { (object) throws(GatewayError) in
            try ConverseGuardrail(object, at: "config.guardrail")
        }
        serviceTiers = try ConverseServiceTier.allowed(reader)
        promptCache = try PromptCache(reader)
    }

    /// Printable ASCII without spaces; the service's own pattern changes with each kind of resource, so it is not
    /// repeated here.
    private static func modelID(_ reader: BedrockConfigReader) throws(GatewayError) -> String {
        guard let id = try reader.string("modelId") else {
            throw reader.fail("modelId", "is required: a model id, inference profile id or ARN of Amazon Bedrock")
        }
        guard id.utf8.count <= 2048, id.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else {
            throw reader.fail("modelId", "must be 1 to 2048 printable ASCII characters without spaces")
        }
        return id
    }

    private static func region(_ reader: BedrockConfigReader) throws(GatewayError) -> String? {
        let single = try reader.string("region")
        let several = try reader.array("regions")
        guard single == nil || several == nil else {
            throw reader.fail("regions", "must not stand beside config.region; keep one of them")
        }
        guard let several else {
            if let single { try checkRegion(single, reader, "region") }
            return single
        }
        guard !several.isEmpty else { throw reader.fail("regions", "must name at least one region") }
        for (index, region) in several.enumerated() {
            guard let name = region.string else { throw reader.fail("regions[\(index)]", "must be a string") }
            try checkRegion(name, reader, "regions[\(index)]")
        }
        return several.first?.string
    }

    /// The region becomes part of a host name.
    private static func checkRegion(
        _ region: String, _ reader: BedrockConfigReader, _ member: String
    ) throws(GatewayError) {
        guard isRegion(region) else { throw reader.fail(member, "must be an AWS region such as us-east-1") }
    }

    static func isRegion(_ text: String) -> Bool {
        (1...32).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || byte == UInt8(ascii: "-")
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            }
    }

    private static func endpoint(_ reader: BedrockConfigReader) throws(GatewayError) -> String? {
        guard var endpoint = try reader.string("endpoint") else { return nil }
        while endpoint.hasSuffix("/") { endpoint.removeLast() }
        let lower = endpoint.lowercased()
        let hasScheme = lower.hasPrefix("https://") || lower.hasPrefix("http://")
        let authority = endpoint.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false).dropFirst(2)
            .first
        guard hasScheme, let authority, !authority.isEmpty, !authority.hasPrefix("/"), !authority.hasPrefix(":"),
            endpoint.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }),
            !endpoint.contains(where: { "?#@\\\"".contains($0) })
        else {
            throw reader.fail("endpoint", "must be an http or https URL without query, fragment or user name")
        }
        return endpoint
    }

    private static func deadlines(_ reader: BedrockConfigReader) throws(GatewayError) -> Deadlines {
        var deadlines = Deadlines()
        guard let timeouts = try reader.object("timeouts") else { return deadlines }
        let reader = BedrockConfigReader(timeouts, at: "config.timeouts")
        try reader.refuseUnknown(known: ["connect_ms", "first_byte_ms", "idle_ms", "total_ms"])
        let allowed = 1...86_400_000
        if let limit = try reader.integer("connect_ms", in: allowed) { deadlines.connect = .milliseconds(limit) }
        if let limit = try reader.integer("first_byte_ms", in: allowed) { deadlines.firstByte = .milliseconds(limit) }
        if let limit = try reader.integer("idle_ms", in: allowed) { deadlines.idle = .milliseconds(limit) }
        if let limit = try reader.integer("total_ms", in: allowed) { deadlines.total = .milliseconds(limit) }
        return deadlines
    }
}
