internal import Core

/// A call to Bedrock's Converse or ConverseStream operation, ready to be sent.
struct BedrockCall: Sendable {
    static let service = "bedrock"

    let request: TransportRequest
    let reading: ConverseReading

    /// Encodes and signs. Pure, for any thread.
    init(
        _ request: ChatRequest, config: BedrockConfig, maxTokens: Int?, region: String?,
        authorization: AWSAuthorization, at time: Timestamp
    ) throws(GatewayError) {
        let body = try ConverseRequestBody(request, config: config, maxTokens: maxTokens)
        let operation = request.isStream ? "converse-stream" : "converse"
        let base = try Self.base(config: config, region: region)
        var call = TransportRequest(
            url: "\(base)/model/\(PercentEncoding.encode(config.modelID))/\(operation)",
            headers: [
                "Content-Type": "application/json",
                "Accept": request.isStream ? "application/vnd.amazon.eventstream" : "application/json",
            ],
            body: body.bytes, deadlines: config.deadlines)
        switch authorization {
        case .bearer(let token): call.headers["Authorization"] = "Bearer \(token)"
        case .signature(let credentials):
            guard let region else { throw Self.noRegion }
            SigV4(credentials: credentials, region: region, service: Self.service).sign(&call, at: time)
        }
        self.request = call
        reading = body.reading
    }

    static func base(config: BedrockConfig, region: String?) throws(GatewayError) -> String {
        if let endpoint = config.endpoint { return endpoint }
        guard let region else { throw noRegion }
        return publicAddress(region)
    }

    static func publicAddress(_ region: String) -> String {
        let domain = region.hasPrefix("cn-") ? "amazonaws.com.cn" : "amazonaws.com"
        return "https://bedrock-runtime.\(region).\(domain)"
    }

    static var noRegion: GatewayError {
        .internal(cause: "no AWS region for the model: set config.region, or AWS_REGION in the gateway's environment")
    }
}
