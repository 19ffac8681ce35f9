@testable import Core

/// Values and faults from a seed, so that a failure can be repeated.
struct RandomJSON {
    var generator: SplitMix

    init(seed: UInt64) { generator = SplitMix(state: seed &* 0x9e37_79b9_7f4a_7c15 &+ 1) }

    mutating func value(depth: Int) -> JSONValue {
        switch Int.random(in: 0..<(depth > 0 ? 7 : 5), using: &generator) {
        case 0: .null
        case 1: .bool(Bool.random(using: &generator))
        case 2: .number(number())
        case 3, 4: .string(string())
        case 5: .array((0..<Int.random(in: 0...5, using: &generator)).map { _ in value(depth: depth - 1) })
        default:
            .object(
                JSONObject(
                    (0..<Int.random(in: 0...15, using: &generator)).map { _ in (string(), value(depth: depth - 1)) }))
        }
    }

    private mutating func number() -> JSONNumber {
        let texts = ["0", "-0", "1.50", "-2e-7", "1e999", "18446744073709551616", "0.000000001", "9E+2"]
        if Bool.random(using: &generator) {
            return JSONNumber(unchecked: texts[Int.random(in: 0..<texts.count, using: &generator)])
        }
        return JSONNumber(Int.random(in: Int.min...Int.max, using: &generator))
    }

    private mutating func string() -> String {
        let scalars: [Unicode.Scalar] = [
            "a", "b", "\"", "\\", "/", "\n", "\u{0}", "\u{1f}", "\u{7f}", "é", "\u{301}", "e", "漢", "😀", "\u{2028}",
            "\u{85}",
            "\u{fffd}", "\u{10ffff}", "{", "}", "u", "0",
        ]
        var view = String.UnicodeScalarView()
        for _ in 0..<Int.random(in: 0...8, using: &generator) {
            view.append(scalars[Int.random(in: 0..<scalars.count, using: &generator)])
        }
        return String(view)
    }

    /// Changes, removes, doubles or adds a byte; now and then cuts the document short.
    mutating func mutate(_ bytes: inout [UInt8]) {
        guard !bytes.isEmpty else { return }
        let place = Int.random(in: 0..<bytes.count, using: &generator)
        let telling = Array("{}[]\",:\\u0e-.tfn \u{0}".utf8) + [0xff, 0x80, 0xc2]
        switch Int.random(in: 0..<5, using: &generator) {
        case 0: bytes[place] = UInt8.random(in: 0...255, using: &generator)
        case 1: bytes.remove(at: place)
        case 2: bytes.insert(telling[Int.random(in: 0..<telling.count, using: &generator)], at: place)
        case 3: bytes[place] = telling[Int.random(in: 0..<telling.count, using: &generator)]
        default: if Bool.random(using: &generator) { bytes.removeLast(bytes.count - place) }
        }
    }
}

/// SplitMix64: small, and the same everywhere.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}
