internal import Core

/// JSON schemas as the grammars of structured output and strict tools take them (conformance S1).
enum ConverseSchema {
    /// Rules about values that a grammar cannot keep; a schema with one of them is refused.
    private static let beyondGrammars = [
        "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minLength", "maxLength", "pattern",
        "minItems", "maxItems", "uniqueItems", "minProperties", "maxProperties", "patternProperties", "propertyNames",
        "contains", "not", "if", "oneOf", "dependentRequired", "dependentSchemas", "unevaluatedProperties",
        "prefixItems",
    ]
    /// Members that hold one schema each, and those that hold schemas by name.
    private static let nested = ["items"]
    private static let named = ["properties", "$defs", "definitions"]
    private static let lists = ["anyOf", "allOf"]
    private static let maximumDepth = 64
    /// Properties that may be missing, in the whole schema: each doubles what a grammar must allow.
    private static let maximumOptional = 10

    /// The schema with `additionalProperties: false` at every object that does not say; nil when it cannot be a grammar:
    /// open objects, rules about values, references that lead back to themselves.
    static func closed(_ schema: JSONObject) -> JSONObject? {
        guard let closed = closed(schema, depth: 0), !isRecursive(schema),
            optionalCount(in: .object(schema)) <= maximumOptional
        else { return nil }
        return closed
    }

    /// Whether the schema is one already, to the letter.
    static func isClosed(_ schema: JSONObject) -> Bool { closed(schema) == schema }

    private static func closed(_ schema: JSONObject, depth: Int) -> JSONObject? {
        guard depth < maximumDepth else { return nil }
        var result = schema
        for member in schema.members {
            if beyondGrammars.contains(member.name) { return nil }
            if nested.contains(member.name) {
                guard let inner = closed(value: member.value, depth: depth) else { return nil }
                result[member.name] = inner
            } else if lists.contains(member.name) {
                var list: [JSONValue] = []
                for value in member.value.array ?? [] {
                    guard let inner = closed(value: value, depth: depth) else { return nil }
                    list.append(inner)
                }
                result[member.name] = .array(list)
            } else if named.contains(member.name) {
                guard let object = member.value.object else { return nil }
                var inner = object
                for entry in object.members {
                    guard let schema = closed(value: entry.value, depth: depth) else { return nil }
                    inner[entry.name] = schema
                }
                result[member.name] = .object(inner)
            } else if member.name == "$ref" {
                guard let target = member.value.string, target.hasPrefix("#/") else { return nil }
            }
        }
        guard describesObject(schema) else { return result }
        switch schema["additionalProperties"] {
        case nil: result["additionalProperties"] = false
        case .bool(false): break
        default: return nil
        }
        return result
    }

    private static func closed(value: JSONValue, depth: Int) -> JSONValue? {
        value.object.flatMap { closed($0, depth: depth + 1) }.map { .object($0) }
    }

    private static func describesObject(_ schema: JSONObject) -> Bool {
        switch schema["type"] {
        case .string(let type): type == "object"
        case .array(let types): types.contains("object")
        default: schema["properties"] != nil
        }
    }

    /// Whether a definition can come to contain itself. Definitions are followed by name; a reference to anything else than
    /// a definition counts as one to the whole schema.
    private static func isRecursive(_ schema: JSONObject) -> Bool {
        var references: [String: Set<String>] = [:]
        for group in ["$defs", "definitions"] {
            for entry in (schema[group]?.object ?? [:]).members {
                references["#/\(group)/\(entry.name)"] = targets(in: entry.value)
            }
        }
        let all = targets(in: .object(schema))
        guard all.allSatisfy({ references[$0] != nil }) else { return true }
        // What leads to nothing that is left is taken away, until nothing is left or what is left is a circle.
        while let leaf = references.first(where: { $0.value.isEmpty })?.key {
            references[leaf] = nil
            for name in references.keys { references[name]?.remove(leaf) }
        }
        return !references.isEmpty
    }

    private static func optionalCount(in value: JSONValue) -> Int {
        switch value {
        case .array(let values): return values.reduce(0) { $0 + optionalCount(in: $1) }
        case .object(let object):
            let required = Set((object["required"]?.array ?? []).compactMap(\.string))
            let names = (object["properties"]?.object ?? [:]).members.map(\.name)
            return object.members.reduce(names.count { !required.contains($0) }) { $0 + optionalCount(in: $1.value) }
        default: return 0
        }
    }

    private static func targets(in value: JSONValue) -> Set<String> {
        switch value {
        case .array(let values): values.reduce(into: []) { $0.formUnion(targets(in: $1)) }
        case .object(let object):
            object.members.reduce(into: []) { found, member in
                if member.name == "$ref", let target = member.value.string {
                    found.insert(target)
                } else {
                    found.formUnion(targets(in: member.value))
                }
            }
        default: []
        }
    }
}
