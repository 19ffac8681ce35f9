package import Core

/// The providers that this build knows, and what can be said of a model's `config` by knowing which is meant.
package struct ProviderRegistry: Sendable {
    private let providers: [any ChatProvider]

    /// In the order in which lists show them. Names must differ.
    package init(_ providers: [any ChatProvider]) {
        precondition(Set(providers.map(\.name)).count == providers.count, "two providers share a name")
        self.providers = providers
    }

    package var descriptions: [ProviderDescription] {
        providers.map {
            ProviderDescription(name: $0.name, summary: $0.summary, fields: GatewayFields.added(to: $0.fields))
        }
    }

    /// 400 naming `provider`, with the names there are.
    package func provider(named name: String) throws(GatewayError) -> any ChatProvider {
        guard let provider = find(name) else {
            let known = providers.map(\.name).joined(separator: ", ")
            throw .invalid("provider: there is no provider '\(name)'. Known ones: \(known).", param: "provider")
        }
        return provider
    }

    /// Nil when there is none of that name, as after a downgrade.
    package func find(_ name: String) -> (any ChatProvider)? { providers.first { $0.name == name } }

    /// Finds what is wrong with a configuration before it is saved: 400 naming `provider` or `config.<member>`.
    package func check(_ config: JSONObject, provider name: String) throws(GatewayError) {
        let provider = try provider(named: name)
        try ConfigSchema.check(config, against: GatewayFields.added(to: provider.fields))
        try GatewayFields.check(config)
        var own = config
        for field in GatewayFields.all where !provider.fields.contains(where: { $0.name == field.name }) {
            own[field.name] = nil
        }
        try provider.check(own)
    }

    /// The configuration as an answer may show it: every secret string as a few characters and stars. Of a provider
    /// that this build does not know, every string counts as secret.
    package func masked(_ config: JSONObject, provider name: String) -> JSONObject {
        var shown = config
        for member in config.members where isSecret(member.name, provider: name) {
            shown[member.name] = SecretMask.mask(member.value)
        }
        return shown
    }

    /// `new` as it is to be stored when it was edited from ``masked(_:provider:)`` of `old`: a masked value keeps what
    /// is stored. 400 naming the member when a mask stands for nothing stored.
    package func merged(
        _ new: JSONObject, over old: JSONObject, provider name: String
    ) throws(GatewayError) -> JSONObject {
        var merged = new
        for member in new.members where isSecret(member.name, provider: name) {
            merged[member.name] = try SecretMask.merge(
                member.value, over: old[member.name], at: "config.\(member.name)")
        }
        return merged
    }

    /// `config` with the upstream's own id of the model replaced, for a request that names `name/upstream-id`.
    ///
    /// Nil when the provider has no such id. `baseModelId` describes the configured model and goes with it.
    package func overriding(_ config: JSONObject, upstream id: String, provider name: String) -> JSONObject? {
        guard let fields = find(name)?.fields,
            let member = ["modelId", "model"].first(where: { name in fields.contains { $0.name == name } })
        else { return nil }
        var config = config
        config[member] = .string(id)
        config["baseModelId"] = nil
        return config
    }

    private func isSecret(_ member: String, provider name: String) -> Bool {
        guard let fields = find(name)?.fields else { return true }
        return GatewayFields.added(to: fields).first { $0.name == member }?.isSecret ?? true
    }
}
