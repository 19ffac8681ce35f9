package import Core

/// The members of a model's `config` that the gateway reads itself, whatever the provider.
package enum GatewayFields {
    package static let allowOverride = "allowOverride"
    package static let fallbacks = "fallbacks"
    package static let maxTokens = "maxTokens"

    package static let all: [ConfigField] = [
        ConfigField(allowOverride, .boolean, "Whether a client may name another upstream model as `name/upstream-id`."),
        ConfigField(fallbacks, .array, "Names of models to try, in order, when this one fails before its first token."),
        ConfigField(maxTokens, .integer, "Output tokens to ask for when the client names no limit."),
    ]

    /// What a form shows and a check accepts for a provider: its own fields, then those of the gateway.
    package static func added(to fields: [ConfigField]) -> [ConfigField] {
        fields + all.filter { field in !fields.contains { $0.name == field.name } }
    }

    /// Checks the members that no provider checks.
    static func check(_ config: JSONObject) throws(GatewayError) {
        if let tokens = config.present(maxTokens), (tokens.int ?? 0) < 1 {
            throw .invalid("config.maxTokens: give a whole number of at least 1.", param: "config.maxTokens")
        }
        for (index, name) in (config.present(fallbacks)?.array ?? []).enumerated()
        where name.string?.isEmpty ?? true {
            let param = "config.fallbacks[\(index)]"
            throw .invalid("\(param): give the name of a model.", param: param)
        }
    }
}
