import Testing

@testable import Core

@Suite("JSON numbers")
struct JSONNumberTests {
    @Test(
        "a whole number is one however it is written",
        arguments: [
            ("0", 0), ("-0", 0), ("3.0", 3), ("3e2", 300), ("3E+2", 300), ("1200e-2", 12), ("-5.00e1", -50), ("0e5", 0),
            ("0.0000000000000000000000", 0), ("9223372036854775807", Int.max), ("-9223372036854775808", Int.min),
            ("1.0000000000000000000000000", 1), ("10000000000000000000e-1", 1_000_000_000_000_000_000), ("0.5e1", 5),
        ])
    func whole(_ text: String, _ expected: Int) {
        #expect(JSONNumber(unchecked: text).int == expected)
    }

    @Test(
        "what is no whole number of 64 bits is none, and no exponent stops the process",
        arguments: [
            "1.5", "1e-1", "9223372036854775808", "-9223372036854775809", "1e19", "1e999", "1e999999999999999999999",
            "1e-9223372036854775808", "1e9223372036854775807", "-1e-9223372036854775808", "1e-999999", "0.1e0",
            "99999999999999999999999999999",
        ])
    func notWhole(_ text: String) {
        #expect(JSONNumber(unchecked: text).int == nil)
    }

    @Test("a number made from a fraction is valid JSON that reads back as that fraction")
    func doubles() throws {
        for value in [
            0, -0.0, 1, -1, 0.1, 1e15, 1e16, -2.5e-10, .leastNonzeroMagnitude, .greatestFiniteMagnitude,
            123_456_789.125,
        ] {
            let number = try #require(JSONNumber(value))
            #expect(try JSONParser.parse(number.text).number?.double == value)
        }
        #expect(JSONNumber(Double.nan) == nil)
        #expect(JSONNumber(Double.infinity) == nil)
    }
}
