/// Times and sizes as nginx writes them (https://nginx.org/en/docs/syntax.html).
enum NginxQuantity {
    private static let seconds: [Character: Int] = [
        "s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800, "M": 2_592_000, "y": 31_536_000,
    ]

    /// `1h 30m`, `90`, `500ms`, in whole seconds, rounded down. Nil for anything else.
    static func seconds(_ text: String) -> Int? {
        var total = 0
        var digits = ""
        var rest = text[...]
        while let character = rest.first {
            rest = rest.dropFirst()
            if character.isASCII, character.isNumber {
                digits.append(character)
                continue
            }
            if character == " ", digits.isEmpty { continue }
            guard let number = Int(digits), number < 1 << 40 else { return nil }
            digits = ""
            if character == "m", rest.first == "s" {
                rest = rest.dropFirst()
                total += number / 1000
            } else {
                guard let unit = seconds[character] else { return nil }
                total += number * unit
            }
        }
        guard !digits.isEmpty else { return text.isEmpty ? nil : total }
        guard let number = Int(digits), number < 1 << 40 else { return nil }
        return total + number
    }

    /// `32m`, `64k`, `1g`, `512`, in bytes. Nil for anything else.
    static func bytes(_ text: String) -> Int? {
        let shifts: [Character: Int] = ["k": 10, "K": 10, "m": 20, "M": 20, "g": 30, "G": 30]
        guard let last = text.last else { return nil }
        let shift = shifts[last]
        guard let number = Int(shift == nil ? text[...] : text.dropLast()), number >= 0, number < 1 << 32 else {
            return nil
        }
        return number << (shift ?? 0)
    }
}
