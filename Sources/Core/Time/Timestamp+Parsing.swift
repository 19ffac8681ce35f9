extension Timestamp {
    /// Reads RFC 3339 (`2026-11-21T08:34:59Z`, with a fraction or a `+08:00` offset) or a bare date, taken as its first
    /// moment in UTC. Nil for anything else.
    package init?(iso8601 text: String) {
        let bytes = Array(text.utf8)
        let digits = { (start: Int, count: Int) -> Int? in
            guard bytes.count >= start + count else { return nil }
            var value = 0
            for byte in bytes[start..<start + count] {
                guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
                value = value * 10 + Int(byte - UInt8(ascii: "0"))
            }
            return value
        }
        let has = { (character: Unicode.Scalar, index: Int) in
            index < bytes.count && bytes[index] == UInt8(ascii: character)
        }
        guard let year = digits(0, 4), has("-", 4), let month = digits(5, 2), has("-", 7), let day = digits(8, 2),
            let date = CivilDate(year: year, month: month, day: day)
        else { return nil }
        let midnight = Int64(date.daysSinceEpoch) * 86_400_000
        if bytes.count == 10 {
            self.init(milliseconds: midnight)
            return
        }
        guard has("T", 10) || has("t", 10) || has(" ", 10), let hour = digits(11, 2), hour < 24, has(":", 13),
            let minute = digits(14, 2), minute < 60, has(":", 16), let second = digits(17, 2), second < 61
        else { return nil }
        var position = 19
        var milliseconds = 0
        if has(".", position) {
            position += 1
            var weight = 100
            let start = position
            while let digit = digits(position, 1) {
                milliseconds += digit * weight
                weight /= 10
                position += 1
            }
            guard position > start else { return nil }
        }
        var offset = 0
        if has("Z", position) || has("z", position) {
            position += 1
        } else if has("+", position) || has("-", position) {
            guard let hours = digits(position + 1, 2), hours < 24, has(":", position + 3),
                let minutes = digits(position + 4, 2), minutes < 60
            else { return nil }
            offset = (hours * 60 + minutes) * (has("-", position) ? -1 : 1)
            position += 6
        } else {
            return nil
        }
        guard position == bytes.count else { return nil }
        let secondOfDay = hour * 3600 + (minute - offset) * 60 + second
        self.init(milliseconds: midnight + Int64(secondOfDay * 1000 + milliseconds))
    }
}
