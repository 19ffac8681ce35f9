internal import Core

/// A call to Bedrock's InvokeModel operation, whose body is the model's own, ready to be sent.
struct BedrockInvocation: Sendable {
    let request: TransportRequest

    /// Signs. Pure, for any thread.
    init(
        _ body: JSONObject, config: BedrockConfig, region: String?, authorization: AWSAuthorization, at time: Timestamp
    ) throws(GatewayError) {
        let base = try BedrockCall.base(config: config, region: region)
        var call = TransportRequest(
            url: "\(base)/model/\(PercentEncoding.encode(config.modelID))/invoke",
            headers: ["Content-Type": "application/json", "Accept": "application/json"],
            body: JSONValue.object(body).serialized(), deadlines: config.deadlines)
        switch authorization {
        case .bearer(let token): call.headers["Authorization"] = "Bearer \(token)"
        case .signature(let credentials):
            guard let region else { throw BedrockCall.noRegion }
            SigV4(credentials: credentials, region: region, service: BedrockCall.service).sign(&call, at: time)
        }
        request = call
    }
}
