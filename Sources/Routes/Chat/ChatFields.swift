internal import Core

/// Reads the members of one object of a chat request. `null` counts as absence, as in OpenAI's API.
struct ChatFields {
    let object: JSONObject

    init(_ object: JSONObject) { self.object = object }

    /// For a value that must be an object; `need` says what of.
    init(_ value: JSONValue, _ need: String) throws(ChatFieldError) {
        guard case .object(let object) = value else { throw .wrongType("", value, need) }
        self.object = object
    }

    func value(_ name: String) -> JSONValue? { object.present(name) }

    func string(_ name: String) throws(ChatFieldError) -> String? {
        guard let value = value(name) else { return nil }
        guard case .string(let string) = value else { throw .wrongType(name, value, "a string") }
        return string
    }

    /// A string that must be there, and not empty.
    func string(required name: String, _ need: String) throws(ChatFieldError) -> String {
        guard let string = try string(name) else { throw .missing(name, need) }
        guard !string.isEmpty else { throw ChatFieldError(name, "is empty; it must be \(need)") }
        return string
    }

    func bool(_ name: String) throws(ChatFieldError) -> Bool? {
        guard let value = value(name) else { return nil }
        guard case .bool(let bool) = value else { throw .wrongType(name, value, "true or false") }
        return bool
    }

    func object(_ name: String) throws(ChatFieldError) -> JSONObject? {
        guard let value = value(name) else { return nil }
        guard case .object(let object) = value else { throw .wrongType(name, value, "an object") }
        return object
    }

    func array(_ name: String) throws(ChatFieldError) -> [JSONValue]? {
        guard let value = value(name) else { return nil }
        guard case .array(let array) = value else { throw .wrongType(name, value, "an array") }
        return array
    }

    /// Of any size, for a member that has no effect.
    func integer(_ name: String) throws(ChatFieldError) -> Int? {
        guard let value = value(name) else { return nil }
        let need = "a whole number"
        guard case .number(let number) = value else { throw .wrongType(name, value, need) }
        guard let integer = number.int else {
            throw ChatFieldError(name, "is \(number.text.prefix(32)); it must be \(need)")
        }
        return integer
    }

    func integer(_ name: String, in range: ClosedRange<Int>) throws(ChatFieldError) -> Int? {
        guard let value = value(name) else { return nil }
        let need = "a whole number from \(range.lowerBound) to \(range.upperBound)"
        guard case .number(let number) = value else { throw .wrongType(name, value, need) }
        guard let integer = number.int, range.contains(integer) else {
            throw ChatFieldError(name, "is \(number.text.prefix(32)); it must be \(need)")
        }
        return integer
    }

    /// The client's digits, once they are known to lie in `range`.
    func number(_ name: String, in range: ClosedRange<Int>) throws(ChatFieldError) -> JSONNumber? {
        guard let value = value(name) else { return nil }
        let need = "a number from \(range.lowerBound) to \(range.upperBound)"
        guard case .number(let number) = value else { throw .wrongType(name, value, need) }
        guard number.double >= Double(range.lowerBound), number.double <= Double(range.upperBound) else {
            throw ChatFieldError(name, "is \(number.text.prefix(32)); it must be \(need)")
        }
        return number
    }
}
