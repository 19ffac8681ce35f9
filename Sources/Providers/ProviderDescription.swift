package import Core

/// What a list of providers tells of one: enough to draw a form for a model's `config`.
package struct ProviderDescription: Sendable, Equatable {
    package let name: String
    package let summary: String
    /// The provider's own fields, then those that the gateway reads for every model.
    package let fields: [ConfigField]

    /// `{name, description, fields: [{name, type, required, secret, description}]}`.
    package var json: JSONValue {
        [
            "name": .string(name), "description": .string(summary),
            "fields": .array(
                fields.map { field in
                    [
                        "name": .string(field.name), "type": .string(field.kind.rawValue),
                        "required": .bool(field.isRequired), "secret": .bool(field.isSecret),
                        "description": .string(field.summary),
                    ]
                }),
        ]
    }
}
