import Testing

@testable import Core

@Suite("Money")
struct MoneyTests {
    @Test(
        "dollars are read exactly and printed without exponent or trailing zeros",
        arguments: [
            ("0", 0, "0"), ("-0.0", 0, "0"), ("1", 1_000_000_000, "1"), ("0.000045", 45_000, "0.000045"),
            ("2e-6", 2_000, "0.000002"), ("1.10", 1_100_000_000, "1.1"), ("-0.5", -500_000_000, "-0.5"),
            ("0.000000001", 1, "0.000000001"), ("1e9", 1_000_000_000_000_000_000, "1000000000"),
            ("-1000000000", -1_000_000_000_000_000_000, "-1000000000"),
            ("123.456789012", 123_456_789_012, "123.456789012"),
            ("0.1000000000000", 100_000_000, "0.1"), ("100e-2", 1_000_000_000, "1"),
        ] as [(String, Int64, String)])
    func exact(_ text: String, _ nanodollars: Int64, _ printed: String) throws {
        let money = try #require(Money(dollars: text))
        #expect(money.nanodollars == nanodollars)
        #expect(money.dollars == printed)
        #expect(money.json.text == printed)
    }

    @Test(
        "what is no amount, finer than a nano-dollar or beyond a billion dollars is refused",
        arguments: [
            "", "-", ".", "abc", "1,5", "1.5.5", "0.0000000001", "1e-10", "1000000000.000000001", "1e10", "-1e10",
            "1e999",
            "1e-9223372036854775808", "1e", "1e+", "NaN", "inf", " 1", "1 ", "0x10", "١",
        ])
    func refused(_ text: String) {
        #expect(Money(dollars: text) == nil)
    }

    @Test("every amount reads back from what it prints")
    func roundTrip() {
        var generator = SplitMix(state: 7)
        for _ in 0..<2_000 {
            let bits = Int.random(in: 0...59, using: &generator)
            let money = Money(nanodollars: Int64.random(in: -(1 << bits)...(1 << bits), using: &generator))
            #expect(Money(dollars: money.dollars) == money)
        }
    }

    @Test("sums and differences saturate instead of trapping")
    func saturation() {
        let most = Money(nanodollars: .max)
        let least = Money(nanodollars: .min)
        let one = Money(nanodollars: 1)
        #expect(most + one == most)
        #expect(least - one == least)
        #expect(Money.zero - least == most)
        #expect(most + least == Money(nanodollars: -1))
        #expect(one - one == .zero)
        #expect(least.dollars == "-9223372036.854775808")
    }
}
