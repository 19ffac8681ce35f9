package import Core

/// The members of a model's `config` that the gateway reads itself, whatever the provider.
package enum GatewayFields {
    package static let allowOverride = "allowOverride"
    package static let fallbacks = "fallbacks"
    package static let maxRetries = "maxRetries"
    package static let maxTokens = "maxTokens"
    /// More attempts would only keep the client waiting.
    package static let mostRetries = 10
    package static let mostFallbacks = 5

    package static let all: [ConfigField] = [
        ConfigField(allowOverride, .boolean, "Whether a client may name another upstream model as `name/upstream-id`."),
        ConfigField(fallbacks, .array, "Names of models to try, in order, when this one fails before its first token."),
        ConfigField(
            maxRetries, .integer, "Further attempts after a failure that may pass, 0 to 10; 2 when absent."),
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
        try checkRetries(config)
        let names = config.present(fallbacks)?.array ?? []
        guard names.count <= mostFallbacks else {
            throw .invalid("config.fallbacks: give at most \(mostFallbacks) names.", param: "config.fallbacks")
        }
        for (index, name) in names.enumerated()
        where name.string?.isEmpty ?? true {
            let param = "config.fallbacks[\(index)]"
            throw .invalid("\(param): give the name of a model.", param: param)
        }
    }

    /// The member that some providers list among their own.
    static func checkRetries(_ config: JSONObject) throws(GatewayError) {
        if let retries = config.present(maxRetries), !(0...mostRetries).contains(retries.int ?? -1) {
            throw .invalid(
                "config.maxRetries: give a whole number from 0 to \(mostRetries).", param: "config.maxRetries")
        }
    }
}
