/// An amount of US dollars, in whole nano-dollars (10^-9 $). Range about +-9.2 billion dollars.
///
/// On the wire money is a JSON number of dollars printed exactly; it is never a binary fraction.
package struct Money: Sendable, Hashable, Comparable {
    package let nanodollars: Int64

    package static let zero = Money(nanodollars: 0)
    /// What one field of the interface may carry: a billion dollars, far from where sums of Int64 overflow.
    package static let maximum = Money(nanodollars: 1_000_000_000 * 1_000_000_000)

    package init(nanodollars: Int64) { self.nanodollars = nanodollars }

    /// Dollars as decimal text (`0.000045`, `1`, `2e-6`). Nil when it is no number, is finer than a nano-dollar, or is
    /// beyond ``maximum``.
    package init?(dollars text: String) {
        guard let nanodollars = scaledDecimal(text, scale: 9),
            nanodollars.magnitude <= Self.maximum.nanodollars.magnitude
        else { return nil }
        self.nanodollars = nanodollars
    }

    package static func < (a: Money, b: Money) -> Bool { a.nanodollars < b.nanodollars }

    /// Saturates at the range of 64 bits, which no sum of admissible amounts reaches.
    package static func + (a: Money, b: Money) -> Money {
        let (sum, overflow) = a.nanodollars.addingReportingOverflow(b.nanodollars)
        return Money(nanodollars: overflow ? (a.nanodollars > 0 ? .max : .min) : sum)
    }

    package static func - (a: Money, b: Money) -> Money {
        a + Money(nanodollars: b.nanodollars == .min ? .max : -b.nanodollars)
    }

    /// Dollars, exactly, without exponent or trailing zeros.
    package var dollars: String {
        let magnitude = nanodollars.magnitude
        let (whole, fraction) = magnitude.quotientAndRemainder(dividingBy: 1_000_000_000)
        let sign = nanodollars < 0 ? "-" : ""
        guard fraction > 0 else { return "\(sign)\(whole)" }
        var digits = String(fraction)
        digits = String(repeating: "0", count: 9 - digits.count) + digits
        while digits.hasSuffix("0") { digits.removeLast() }
        return "\(sign)\(whole).\(digits)"
    }

    package var json: JSONValue { .number(JSONNumber(unchecked: dollars)) }
}
