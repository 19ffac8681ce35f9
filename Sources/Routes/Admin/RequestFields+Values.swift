internal import Core

/// Readers of single fields. Each throws 400 when the field is missing, of the wrong kind or out of range.
extension RequestFields {
    /// 1 to 200 characters once the white space around them is gone, without control characters.
    func name(_ field: String) throws(GatewayError) -> String {
        let text = try string(field).trimmingSpace()
        guard (1...200).contains(text.count) else {
            throw .invalid("'\(field)' must have 1 to 200 characters.", param: field)
        }
        return text
    }

    /// A name that stands in a URL: 1 to 64 of `A`-`Z`, `a`-`z`, `0`-`9`, `_` and `-`.
    func pathName(_ field: String) throws(GatewayError) -> String {
        let text = try string(field)
        let isPlain = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
                true
            default: false
            }
        }
        guard isPlain, (1...64).contains(text.utf8.count) else {
            throw .invalid("'\(field)' must be 1 to 64 letters, digits, '_' or '-': it is part of a URL.", param: field)
        }
        return text
    }

    /// A line of text that may be empty.
    func note(_ field: String, maximum: Int) throws(GatewayError) -> String {
        let text = try string(field).trimmingSpace()
        guard text.count <= maximum else {
            throw .invalid("'\(field)' must have at most \(maximum) characters.", param: field)
        }
        return text
    }

    /// Empty, or something before and something after one `@`. Whether mail arrives there is not for us to find out.
    func email(_ field: String) throws(GatewayError) -> String {
        let text = try string(field).trimmingSpace()
        if text.isEmpty { return text }
        let sides = text.split(separator: "@", omittingEmptySubsequences: false)
        guard sides.count == 2, sides.allSatisfy({ !$0.isEmpty }), text.utf8.count <= 254,
            !text.contains(where: \.isWhitespace)
        else { throw .invalid("'\(field)' must be an e-mail address, or empty.", param: field) }
        return text
    }

    func string(_ field: String) throws(GatewayError) -> String {
        guard let text = try value(field).string else { throw wrong(field, mustBe: "a string") }
        guard !text.hasControlCharacters else {
            throw .invalid("'\(field)' must not contain control characters.", param: field)
        }
        return text
    }

    func bool(_ field: String) throws(GatewayError) -> Bool {
        guard let value = try value(field).bool else { throw wrong(field, mustBe: "true or false") }
        return value
    }

    /// `true`, `false`, 1 or 0.
    func flag(_ field: String) throws(GatewayError) -> Bool {
        let value = try value(field)
        if let bool = value.bool { return bool }
        switch value.int {
        case .some(0): return false
        case .some(1): return true
        default: throw wrong(field, mustBe: "true, false, 1 or 0")
        }
    }

    /// A row's number, also as numeric text.
    func id<ID: RowID>(_ field: String) throws(GatewayError) -> ID {
        let value = try value(field)
        let number = value.string.map { Int($0) } ?? value.int
        guard value.string != nil || value.number != nil else { throw wrong(field, mustBe: "a row's number") }
        guard let number, number > 0 else {
            throw .invalid("'\(field)' must be a whole number above 0.", param: field)
        }
        return ID(rawValue: Int64(number))
    }

    /// 0 to a billion; 0 means no limit.
    func limit(_ field: String) throws(GatewayError) -> Int {
        guard let number = try value(field).number else { throw wrong(field, mustBe: "a number") }
        guard let limit = number.int, (0...1_000_000_000).contains(limit) else {
            throw .invalid(
                "'\(field)' must be a whole number from 0 (no limit) to 1000000000.", param: field)
        }
        return limit
    }

    /// A whole number of `unit` within the range.
    func integer(_ field: String, _ range: ClosedRange<Int>, unit: String) throws(GatewayError) -> Int {
        guard let number = try value(field).number else { throw wrong(field, mustBe: "a number of \(unit)") }
        guard let integer = number.int, range.contains(integer) else {
            throw .invalid(
                "'\(field)' must be a whole number of \(unit) from \(range.lowerBound) to \(range.upperBound).",
                param: field)
        }
        return integer
    }

    /// Dollars, 0 or more.
    func amount(_ field: String) throws(GatewayError) -> Money {
        let money = try money(field)
        guard money >= .zero else { throw .invalid("'\(field)' must not be negative.", param: field) }
        return money
    }

    /// Dollars, exactly as written.
    func money(_ field: String) throws(GatewayError) -> Money {
        guard let number = try value(field).number else { throw wrong(field, mustBe: "a number of dollars") }
        guard let money = Money(dollars: number.text) else {
            throw .invalid(
                "'\(field)' must be a number of dollars with at most 9 fractional digits, up to 1000000000.",
                param: field)
        }
        return money
    }

    func role(_ field: String) throws(GatewayError) -> KeyRecord.Role {
        guard let text = try value(field).string else { throw wrong(field, mustBe: "\"admin\" or \"user\"") }
        guard let role = KeyRecord.Role(rawValue: text) else {
            throw .invalid("'\(field)' must be \"admin\" or \"user\".", param: field)
        }
        return role
    }

    func time(_ field: String) throws(GatewayError) -> Timestamp {
        guard let text = try value(field).string else { throw wrong(field, mustBe: "an ISO-8601 time, or null") }
        guard let time = Timestamp(iso8601: text) else {
            throw .invalid("'\(field)' must be an ISO-8601 time such as 2026-12-31T23:59:59Z.", param: field)
        }
        return time
    }

    /// A JSON object, also as its text.
    func json(_ field: String) throws(GatewayError) -> JSONObject {
        var value = try value(field)
        if let text = value.string {
            do throws(JSONError) {
                value = try JSONParser.parse(text)
            } catch {
                throw .invalid("'\(field)' is not valid JSON: \(error.description).", param: field)
            }
        }
        guard let object = value.object else {
            throw .invalid(
                "'\(field)' must be a JSON object or the text of one, not \(value.kind).", param: field,
                code: "invalid_type")
        }
        return object
    }
}
