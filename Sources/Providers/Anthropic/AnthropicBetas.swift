/// Names of beta features, as `anthropic-beta` lists them.
package enum AnthropicBetas {
    private static let longestName = 128
    private static let mostNames = 64

    /// Letters, digits, `-`, `_` and `.`.
    package static func isName(_ text: String) -> Bool {
        (1...longestName).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                    || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
                    || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_") || byte == UInt8(ascii: ".")
            }
    }

    /// The names in a header field, each once; nil when one of them is none.
    package static func names(in field: String) -> [String]? {
        var names: [String] = []
        for item in field.split(separator: ",") {
            let name = item.filter { $0 != " " && $0 != "\t" }
            if name.isEmpty || names.contains(name) { continue }
            guard isName(name), names.count < mostNames else { return nil }
            names.append(name)
        }
        return names
    }
}
