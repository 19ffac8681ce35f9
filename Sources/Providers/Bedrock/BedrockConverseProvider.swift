package import Core
package import EventLoop

/// Amazon Bedrock through its Converse and ConverseStream operations.
@LoopActor
package final class BedrockConverseProvider: ChatProvider {
    package nonisolated let name = "bedrock-converse"
    package nonisolated let summary = "Models on Amazon Bedrock, through the Converse API."
    package nonisolated var fields: [ConfigField] { BedrockConfig.fields }

    /// An error's body; the service's own are a few hundred bytes.
    private nonisolated static let maximumErrorBody = 64 * 1024

    private let transport: any Transport
    let clock: any WallClock
    let environment: AWSEnvironment
    private let credentials: any CredentialSource
    private let configs = ParsedConfigs { config throws(GatewayError) in try BedrockConfig(config) }

    /// - Parameter credentials: used for models whose `config` names none; by default AWS's usual places in
    ///   `environment`.
    package nonisolated init(
        transport: any Transport, clock: any WallClock, environment: AWSEnvironment = .process,
        credentials: (any CredentialSource)? = nil
    ) {
        self.transport = transport
        self.clock = clock
        self.environment = environment
        self.credentials =
            credentials ?? CredentialChain(environment: environment, transport: transport, clock: clock)
    }

    package nonisolated func endpoints(_ config: JSONObject) -> [ProviderEndpoint] {
        BedrockPlaces.list(config, environment: environment)
    }

    package nonisolated func check(_ config: JSONObject) throws(GatewayError) {
        _ = try BedrockConfig(config)
    }

    /// Converse takes bytes, or objects of S3.
    package nonisolated func takesAddresses(of kind: MediaAddress.Kind, in request: ChatRequest) -> Bool { false }

    package nonisolated func maximumOutput(_ config: JSONObject) -> Int? {
        if let own = config.present("capabilities")?.object?.present("maxOutput")?.int { return own }
        return Self.identity(config)?.capabilities.maxOutput
    }

    package nonisolated func purpose(of model: String, config: JSONObject) -> ModelPurpose {
        let foundation = Self.identity(config)?.foundationModel
        if BedrockEmbeddingModel(foundation) != nil { return .embeddings }
        return BedrockImageModel(foundation) == nil ? .chat : .images
    }

    private nonisolated static func identity(_ config: JSONObject) -> ModelIdentity? {
        config.present("modelId")?.string.map { ModelIdentity($0, base: config.present("baseModelId")?.string) }
    }

    package func open(
        _ request: ChatRequest, on target: ProviderTarget
    ) async throws(GatewayError) -> any ChatStream {
        try request.requireOneChoice()
        let config = try config(of: target)
        let authorization = try await authorization(for: config, at: target.endpoint)
        let call = try await prepare(request, config: config, on: target, authorization: authorization)
        let response = try await send(call.request)
        guard response.status == 200 else {
            let error = await refusal(response)
            if error.code == "upstream_auth", config.authorizations.isEmpty { credentials.refused(authorization) }
            throw error
        }
        return request.isStream
            ? ConverseStream(response, reading: call.reading)
            : ConverseWholeAnswer(response, reading: call.reading)
    }

    func config(of target: ProviderTarget) throws(GatewayError) -> BedrockConfig { try configs.config(of: target) }

    /// Large requests are encoded, hashed and signed on a helper thread.
    private func prepare(
        _ request: ChatRequest, config: BedrockConfig, on target: ProviderTarget, authorization: AWSAuthorization
    ) async throws(GatewayError) -> BedrockCall {
        let region = target.endpoint?.region ?? config.regions.first ?? environment.region
        let time = clock.now
        var config = config
        config.deadlines = config.deadlines.within(target.timeLimit)
        let (ready, maxTokens) = (config, target.maxTokens)
        let encode: @Sendable () throws(GatewayError) -> BedrockCall = { () throws(GatewayError) -> BedrockCall in
            try BedrockCall(
                request, config: ready, maxTokens: maxTokens, region: region, authorization: authorization, at: time)
        }
        guard request.byteCount >= ChatRequest.largeBody else { return try encode() }
        return try await HelperPool.shared.run(encode)
    }

    func authorization(
        for config: BedrockConfig, at endpoint: ProviderEndpoint?
    ) async throws(GatewayError) -> AWSAuthorization {
        let configured = config.authorizations
        if !configured.isEmpty { return configured[min(endpoint?.credentials ?? 0, configured.count - 1)] }
        do throws(CredentialError) {
            return try await credentials.authorization()
        } catch {
            throw GatewayError(
                status: 500, type: "server_error", code: "upstream_auth",
                message: "The gateway has no credentials for the provider. Tell the gateway's operator.",
                cause: error.reason)
        }
    }

    func send(_ request: TransportRequest) async throws(GatewayError) -> any TransportResponse {
        do throws(TransportError) {
            return try await transport.send(request)
        } catch {
            throw BedrockTransportFault.beforeAnswer(error)
        }
    }

    /// The error that an answer with another status than 200 means. Its body may be cut or too large: then the status
    /// and the header fields must do.
    func refusal(_ response: any TransportResponse) async -> GatewayError {
        var body: [UInt8] = []
        do throws(TransportError) {
            body = try await response.collect(limit: Self.maximumErrorBody)
        } catch {
            if error == .cancelled { return .cancelled }
            response.cancel()
        }
        return BedrockFault(status: response.status, headers: response.headers, body: body).gatewayError
    }
}
