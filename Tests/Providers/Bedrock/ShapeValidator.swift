import Core

/// Checks JSON against the service's own model as botocore carries it (`Fixtures/converse.json`).
struct ShapeValidator {
    let shapes: JSONObject

    init() throws { shapes = try Fixture.json("converse.json").object ?? [:] }

    /// What is wrong, with paths; empty when the value fits.
    func problems(_ value: JSONValue, shape name: String, at path: String = "$") -> [String] {
        guard let shape = shapes[name]?.object, let type = shape["type"]?.string else { return ["\(path): no \(name)"] }
        if shape["document"]?.bool == true { return [] }
        switch type {
        case "structure": return structure(value, shape, path)
        case "list":
            guard let elements = value.array, let member = memberShape(shape["member"]) else {
                return ["\(path): no list"]
            }
            return size(elements.count, shape, path)
                + elements.enumerated().flatMap { problems($1, shape: member, at: "\(path)[\($0)]") }
        case "string", "blob":
            guard let text = value.string else { return ["\(path): no string"] }
            return size(text.utf16.count, shape, path) + words(text, shape, path) + pattern(text, name, path)
        case "integer", "long": return value.int.map { size($0, shape, path) } ?? ["\(path): no integer"]
        case "float", "double":
            guard let number = value.number?.double else { return ["\(path): no number"] }
            let range = (shape["min"]?.number?.double ?? -.infinity)...(shape["max"]?.number?.double ?? .infinity)
            return range.contains(number) ? [] : ["\(path): \(number) out of range"]
        case "map":
            guard let object = value.object, let key = memberShape(shape["key"]),
                let member = memberShape(shape["value"])
            else { return ["\(path): no map"] }
            return size(object.count, shape, path)
                + object.members.flatMap {
                    problems(.string($0.name), shape: key, at: path)
                        + problems($0.value, shape: member, at: "\(path).\($0.name)")
                }
        case "boolean": return value.bool == nil ? ["\(path): no boolean"] : []
        default: return []
        }
    }

    private func structure(_ value: JSONValue, _ shape: JSONObject, _ path: String) -> [String] {
        guard let object = value.object, let members = shape["members"]?.object else { return ["\(path): no object"] }
        var found: [String] = []
        if shape["union"]?.bool == true, object.count != 1 { found.append("\(path): a union of \(object.count)") }
        for required in shape["required"]?.array ?? [] {
            guard let name = required.string, name != "modelId", object[name] == nil else { continue }
            found.append("\(path): lacks \(name)")
        }
        for member in object.members {
            guard let shape = memberShape(members[member.name]) else {
                found.append("\(path): unknown member \(member.name)")
                continue
            }
            found += problems(member.value, shape: shape, at: "\(path).\(member.name)")
        }
        return found
    }

    private func memberShape(_ value: JSONValue?) -> String? { value?.object?["shape"]?.string }

    private func size(_ count: Int, _ shape: JSONObject, _ path: String) -> [String] {
        let range = (shape["min"]?.int ?? .min)...(shape["max"]?.int ?? .max)
        return range.contains(count) ? [] : ["\(path): size \(count) out of range"]
    }

    private func words(_ text: String, _ shape: JSONObject, _ path: String) -> [String] {
        guard let words = shape["enum"]?.array else { return [] }
        return words.contains(.string(text)) ? [] : ["\(path): \(text) is no value of the enumeration"]
    }

    /// The patterns that an encoder can break.
    private func pattern(_ text: String, _ shape: String, _ path: String) -> [String] {
        let extra: String
        switch shape {
        case "ToolUseId": extra = "_.:-"
        case "ToolName": extra = "_-"
        case "RequestMetadataKeyString", "RequestMetadataValueString": extra = " \t\n\r:_@$#=/+,-."
        case "DocumentBlockNameString": extra = " -()[]"
        default: return []
        }
        let fits = text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || extra.contains($0)) }
        return fits ? [] : ["\(path): \(text) breaks the pattern"]
    }
}
