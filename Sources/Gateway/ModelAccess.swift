package import Core
package import EventLoop
package import Providers

/// Which models a key may call. Asked anew for each request, so that a right or price holds from the next one on.
@LoopActor
package struct ModelAccess {
    /// A configured name with the longest id of an upstream model (2,048 characters, Bedrock's ARNs) behind it.
    private static let longestName = 4096

    private let models: any ModelStore
    private let providers: ProviderRegistry

    package nonisolated init(models: any ModelStore, providers: ProviderRegistry) {
        self.models = models
        self.providers = providers
    }

    /// Every model that the key may use, by name.
    package func list(for key: KeyRecord) async throws(GatewayError) -> [ModelRecord] {
        do throws(StorageError) { return try await models.models(usableBy: key.id, group: key.groupID) } catch {
            throw .storage(error)
        }
    }

    /// What a request's `model` means: a configured name, or `name/upstream-id` where the model allows that. 404 when
    /// there is no such model, 403 when the key may not use it.
    func resolve(_ name: String, for key: KeyRecord) throws(GatewayError) -> ResolvedModel {
        guard name.utf8.count <= Self.longestName else { throw Self.unknown(name) }
        var config: JSONObject?
        let model: ModelRecord
        if let found = try find(name, for: key) {
            model = found
        } else if let (base, upstream) = try findBase(of: name, for: key) {
            config = try override(base, upstream: upstream)
            model = base
        } else {
            throw Self.unknown(name)
        }
        guard let provider = providers.find(model.provider) else {
            throw .upstream(
                status: 500, code: "model_misconfigured", "The model '\(name)' is not configured correctly.",
                cause: "unknown provider \(model.provider)")
        }
        return ResolvedModel(name: name, record: model, config: config ?? model.config, provider: provider)
    }

    private func find(_ name: String, for key: KeyRecord) throws(GatewayError) -> ModelRecord? {
        let found: FoundModel?
        do throws(StorageError) {
            found = try models.model(named: name, for: key.id, group: key.groupID)
        } catch {
            throw .storage(error)
        }
        guard let found else { return nil }
        guard found.mayUse else {
            throw .forbidden(
                "The key may not use the model '\(found.record.name)'. Ask the operator to authorize the key or its "
                    + "group.",
                code: "model_not_allowed")
        }
        return found.record
    }

    /// Configured names and upstream ids may both contain slashes: the longest configured name counts.
    private func findBase(of name: String, for key: KeyRecord) throws(GatewayError) -> (ModelRecord, String)? {
        let slashes = name.indices.filter { name[$0] == "/" }.prefix(8)
        for slash in slashes.reversed() {
            let upstream = name[name.index(after: slash)...]
            guard !upstream.isEmpty, let model = try find(String(name[..<slash]), for: key) else { continue }
            return (model, String(upstream))
        }
        return nil
    }

    private func override(_ model: ModelRecord, upstream: String) throws(GatewayError) -> JSONObject {
        guard model.config[GatewayFields.allowOverride]?.bool == true else {
            throw .forbidden(
                "The model '\(model.name)' does not let a request name the upstream's model. Ask for '\(model.name)'.",
                code: "model_not_allowed")
        }
        guard let config = providers.overriding(model.config, upstream: upstream, provider: model.provider) else {
            throw .invalid("The model '\(model.name)' has no upstream model to name.", param: "model")
        }
        return config
    }

    private static func unknown(_ name: String) -> GatewayError {
        .notFound(
            "The model '\(name.prefix(200))' does not exist. GET /v1/models lists the models that the key may use.",
            code: "model_not_found", param: "model")
    }
}

/// A model as one request means it.
final class ResolvedModel: Sendable {
    /// As the client wrote it.
    let name: String
    let record: ModelRecord
    /// The record's, with the upstream's model replaced where the request named one.
    let config: JSONObject
    let provider: any ChatProvider

    init(name: String, record: ModelRecord, config: JSONObject, provider: any ChatProvider) {
        self.name = name
        self.record = record
        self.config = config
        self.provider = provider
    }

    /// Names of models to try when this one fails.
    var fallbacks: [String] {
        (config.present(GatewayFields.fallbacks)?.array ?? []).prefix(GatewayFields.mostFallbacks).compactMap(\.string)
    }

    /// Further attempts, where the configuration says.
    var maxRetries: Int? {
        config.present(GatewayFields.maxRetries)?.int.map { min(max($0, 0), GatewayFields.mostRetries) }
    }

    /// The time of a whole call, where the configuration says.
    var totalTime: Duration? {
        config.present("timeouts")?.object?.present("total_ms")?.int.map { .milliseconds($0) }
    }
}
