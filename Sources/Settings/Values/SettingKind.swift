internal import Core

/// What a setting takes: how its text is read, and how that is said to a person who wrote something else.
package enum SettingKind: Sendable, Equatable {
    case path
    case flag
    case choice([String])
    case seconds(ClosedRange<Int>)
    case days(ClosedRange<Int>)
    case bytes(ClosedRange<Int>)
    /// A key that the operator chooses.
    case operatorKey
    /// Separated by commas.
    case ports
    /// Of IPv4 and IPv6, separated by commas.
    case networks

    /// The column of the table.
    package var summary: String {
        switch self {
        case .path: "absolute path"
        case .flag: "true or false"
        case .choice(let words): words.joined(separator: ", ")
        case .seconds(let range): "seconds, \(range.lowerBound)-\(range.upperBound)"
        case .days(let range): "days, \(range.lowerBound)-\(range.upperBound)"
        case .bytes(let range): "bytes, \(Self.sizeText(range.lowerBound))-\(Self.sizeText(range.upperBound))"
        case .operatorKey: "`br_` and 24-200 of A-Z a-z 0-9 - _"
        case .ports: "ports, separated by commas"
        case .networks: "networks (CIDR), separated by commas"
        }
    }

    /// The remedy for a value that cannot be read, after "give ".
    var remedy: String {
        switch self {
        case .path: "an absolute path, beginning with /"
        case .flag: "true or false"
        case .choice(let words): "one of " + words.joined(separator: ", ")
        case .seconds(let range): "whole seconds from \(range.lowerBound) to \(range.upperBound)"
        case .days(let range): "whole days from \(range.lowerBound) to \(range.upperBound)"
        case .bytes(let range):
            "a number of bytes from \(Self.sizeText(range.lowerBound)) to \(Self.sizeText(range.upperBound)),"
                + " with k, m or g for 1024, 1024^2 or 1024^3"
        case .operatorKey: "br_ followed by 24 to 200 letters, digits, - or _"
        case .ports: "ports from 1 to 65535, separated by commas, such as 80,443"
        case .networks:
            "networks with no bits set behind their prefix, separated by commas, such as 10.20.0.0/16,fd12:3456::/32"
        }
    }

    /// Nil when the text is none of this kind.
    func parse(_ text: String) -> SettingValue? {
        switch self {
        case .path: text.utf8.first == UInt8(ascii: "/") ? .text(text) : nil
        case .flag: Self.flag(text).map { .flag($0) }
        case .choice(let words): words.first { $0 == text.lowercased() }.map { .text($0) }
        case .seconds(let range), .days(let range): Self.digits(text).flatMap { range.contains($0) ? .number($0) : nil }
        case .bytes(let range): Self.size(text).flatMap { range.contains($0) ? .number($0) : nil }
        case .operatorKey: Self.isOperatorKey(text) ? .text(text) : nil
        case .ports:
            Self.list(text) { Self.digits($0).flatMap { (1...65_535).contains($0) ? $0 : nil } }.map { .numbers($0) }
        case .networks: Self.list(text) { IPNetwork($0) }.map { .networks($0) }
        }
    }

    private static func flag(_ text: String) -> Bool? {
        switch text.lowercased() {
        case "true", "yes", "on", "1": true
        case "false", "no", "off", "0": false
        default: nil
        }
    }

    /// Nil unless `read` takes every item.
    private static func list<Item>(_ text: String, _ read: (String) -> Item?) -> [Item]? {
        let items = text.split(separator: ",", omittingEmptySubsequences: false).map { item in
            read(String(item.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()))
        }
        let taken = items.compactMap { $0 }
        return taken.count == items.count ? taken : nil
    }

    /// Decimal digits only: `Int.init` would also take a sign.
    private static func digits(_ text: String) -> Int? {
        text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ? Int(text) : nil
    }

    private static func size(_ text: String) -> Int? {
        let units: [Character: Int] = ["k": 1 << 10, "m": 1 << 20, "g": 1 << 30]
        guard let last = text.lowercased().last, let unit = units[last] else { return digits(text) }
        guard let count = digits(String(text.dropLast())) else { return nil }
        let (size, overflow) = count.multipliedReportingOverflow(by: unit)
        return overflow ? nil : size
    }

    private static func sizeText(_ bytes: Int) -> String {
        for (suffix, unit) in [("g", 1 << 30), ("m", 1 << 20), ("k", 1 << 10)] where bytes % unit == 0 {
            return "\(bytes / unit)\(suffix)"
        }
        return String(bytes)
    }

    private static func isOperatorKey(_ text: String) -> Bool {
        guard text.hasPrefix("br_"), (27...203).contains(text.utf8.count) else { return false }
        return text.utf8.allSatisfy {
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0)
                || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) || $0 == UInt8(ascii: "-")
                || $0 == UInt8(ascii: "_")
        }
    }
}

/// A setting's value once it has been read.
enum SettingValue: Sendable, Equatable {
    case text(String)
    case flag(Bool)
    case number(Int)
    case numbers([Int])
    case networks([IPNetwork])
}
