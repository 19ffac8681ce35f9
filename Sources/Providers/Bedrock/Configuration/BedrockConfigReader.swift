internal import Core

/// Reads members of a configuration object and names the one that is wrong. `null` and an empty string are absence.
struct BedrockConfigReader {
    private let object: JSONObject
    private let path: String

    init(_ object: JSONObject, at path: String) {
        self.object = object
        self.path = path
    }

    func fail(_ member: String, _ what: String) -> GatewayError {
        .invalid("\(path).\(member) \(what).", param: "\(path).\(member)")
    }

    /// `alsoTaken` members are read elsewhere, and not offered in the message.
    func refuseUnknown(known: [String], alsoTaken: [String] = []) throws(GatewayError) {
        for member in object.members where !known.contains(member.name) && !alsoTaken.contains(member.name) {
            throw fail(member.name, "is not known; known are \(known.joined(separator: ", "))")
        }
    }

    func string(_ member: String) throws(GatewayError) -> String? {
        guard let value = object.present(member) else { return nil }
        guard let text = value.string else { throw fail(member, "must be a string, not \(value.kind)") }
        return text.isEmpty ? nil : text
    }

    func integer(_ member: String, in range: ClosedRange<Int>) throws(GatewayError) -> Int? {
        guard let value = object.present(member) else { return nil }
        guard let number = value.int, range.contains(number) else {
            throw fail(member, "must be a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    func boolean(_ member: String) throws(GatewayError) -> Bool? {
        guard let value = object.present(member) else { return nil }
        guard let flag = value.bool else { throw fail(member, "must be true or false, not \(value.kind)") }
        return flag
    }

    func array(_ member: String) throws(GatewayError) -> [JSONValue]? {
        guard let value = object.present(member) else { return nil }
        guard let array = value.array else { throw fail(member, "must be an array, not \(value.kind)") }
        return array
    }

    func object(_ member: String) throws(GatewayError) -> JSONObject? {
        guard let value = object.present(member) else { return nil }
        guard let object = value.object else { throw fail(member, "must be an object, not \(value.kind)") }
        return object
    }

    func word(_ member: String, of words: [String]) throws(GatewayError) {
        guard let text = try string(member), !words.contains(text) else { return }
        throw fail(member, "must be one of \(words.joined(separator: ", "))")
    }
}
