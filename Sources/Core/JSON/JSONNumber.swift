/// A JSON number as its digits stand in the document, so that no value is rounded by being carried.
package struct JSONNumber: Sendable, Hashable {
    /// Matches RFC 8259's `number`.
    package let text: String

    package init(_ value: Int) { text = String(value) }

    /// `text` must be a number of RFC 8259; the parser and exact decimal printers use this.
    package init(unchecked text: String) { self.text = text }

    /// The shortest decimal that reads back as `value`; nil for an infinity or NaN, which JSON cannot express.
    package init?(_ value: Double) {
        guard value.isFinite else { return nil }
        text = value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : "\(value)"
    }

    /// The whole number that this is, also when written `3.0` or `3e2`; nil when it is none or exceeds 64 bits.
    package var int: Int? {
        if let direct = Int(text) { return direct }
        guard let decimal = scaledDecimal(text, scale: 0) else { return nil }
        return Int(decimal)
    }

    /// The nearest binary fraction. For thresholds only, never for money.
    package var double: Double { Double(text) ?? .nan }
}

/// Reads decimal text exactly into a scaled 64-bit integer.
///
/// - Returns: `value x 10^scale`, or nil when that is not a whole number or exceeds 64 bits.
package func scaledDecimal(_ text: String, scale: Int) -> Int64? {
    var digits: Int64 = 0
    var exponent = scale
    var isNegative = false
    var isFraction = false
    var hasDigit = false
    var bytes = text.utf8[...]
    if let sign = bytes.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
        isNegative = sign == UInt8(ascii: "-")
        bytes = bytes.dropFirst()
    }
    var pendingZeros = 0
    while let byte = bytes.first {
        bytes = bytes.dropFirst()
        switch byte {
        case UInt8(ascii: "."):
            guard !isFraction else { return nil }
            isFraction = true
        case UInt8(ascii: "0")...UInt8(ascii: "9"):
            hasDigit = true
            if isFraction { exponent -= 1 }
            // Zeros count only once another digit follows, so trailing ones never overflow.
            if byte == UInt8(ascii: "0") {
                if digits != 0 { pendingZeros += 1 }
                continue
            }
            for _ in 0...pendingZeros {
                let (product, overflow) = digits.multipliedReportingOverflow(by: 10)
                guard !overflow else { return nil }
                digits = product
            }
            pendingZeros = 0
            let (sum, overflow) = digits.addingReportingOverflow(Int64(byte - UInt8(ascii: "0")))
            guard !overflow else { return nil }
            digits = sum
        case UInt8(ascii: "e"), UInt8(ascii: "E"):
            guard let power = Int(Substring(bytes)), (-1_000_000...1_000_000).contains(power) else { return nil }
            exponent += power
            bytes = bytes.dropFirst(bytes.count)
        default: return nil
        }
    }
    guard hasDigit else { return nil }
    guard digits != 0 else { return 0 }
    exponent += pendingZeros
    while exponent > 0 {
        let (product, overflow) = digits.multipliedReportingOverflow(by: 10)
        guard !overflow else { return nil }
        digits = product
        exponent -= 1
    }
    while exponent < 0 {
        guard digits % 10 == 0 else { return nil }
        digits /= 10
        exponent += 1
    }
    return isNegative ? -digits : digits
}
