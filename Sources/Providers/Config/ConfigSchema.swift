internal import Core

/// Compares a configuration with the list of fields that its provider reads.
enum ConfigSchema {
    /// 400 naming the first member that is unknown, of the wrong kind, or missing. `null` counts as absence.
    static func check(_ config: JSONObject, against fields: [ConfigField]) throws(GatewayError) {
        for member in config.members {
            let param = "config.\(member.name)"
            guard let field = fields.first(where: { $0.name == member.name }) else {
                let known = fields.map(\.name).joined(separator: ", ")
                throw .invalid(
                    "\(param): there is no such setting. Known ones: \(known).", param: param, code: "unknown_field")
            }
            guard member.value.isNull || field.kind.admits(member.value) else {
                throw .invalid("\(param): must be \(field.kind.words), not \(member.value.kind).", param: param)
            }
        }
        for field in fields where field.isRequired && config.present(field.name) == nil {
            throw .invalid("config.\(field.name): is required. \(field.summary)", param: "config.\(field.name)")
        }
    }
}

extension ConfigField.Kind {
    func admits(_ value: JSONValue) -> Bool {
        switch self {
        case .string: value.string != nil
        case .integer: value.int != nil
        case .number: value.number != nil
        case .boolean: value.bool != nil
        case .object: value.object != nil
        case .array: value.array != nil
        }
    }

    var words: String {
        switch self {
        case .string: "a string"
        case .integer: "a whole number"
        case .number: "a number"
        case .boolean: "true or false"
        case .object: "an object"
        case .array: "an array"
        }
    }
}
