internal import Core

/// Reads texts of a model's `config` that end up in addresses and header fields. Each fault is a 400 naming the member.
enum ConfiguredTexts {
    /// Nil when there is none.
    static func text(_ name: String, in config: JSONObject) throws(GatewayError) -> String? {
        guard let text = config.present(name)?.string else { return nil }
        guard !text.isEmpty else {
            throw .invalid("config.\(name): is empty. Give a value or leave it out.", param: "config.\(name)")
        }
        return text
    }

    /// The members of an object of strings.
    static func pairs(_ name: String, in config: JSONObject) throws(GatewayError) -> [(String, String)] {
        var pairs: [(String, String)] = []
        for member in config.present(name)?.object?.members ?? [] {
            let param = "config.\(name).\(member.name)"
            guard let text = member.value.string else {
                throw .invalid("\(param): must be a string, not \(member.value.kind).", param: param)
            }
            pairs.append((member.name, text))
        }
        return pairs
    }

    /// RFC 9110 section 5.1: a name is a token. Fields that frame the message are the transport's.
    static func checkFieldName(_ name: String, param: String) throws(GatewayError) {
        let marks = Array("!#$%&'*+-.^_`|~".utf8)
        let isToken =
            !name.isEmpty
            && name.utf8.allSatisfy { byte in
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || marks.contains(byte)
                    || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
            }
        guard isToken else { throw .invalid("\(param): is no name of a header field.", param: param) }
        let framing = ["host", "content-length", "transfer-encoding", "connection", "expect", "content-type"]
        guard !framing.contains(where: { name.equalsIgnoringCase($0) }) else {
            throw .invalid("\(param): is set by the gateway itself. Leave it out.", param: param)
        }
    }

    /// Without control characters.
    static func checkFieldValue(_ value: String, param: String) throws(GatewayError) {
        guard value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7f || $0 == 0x09 }) else {
            throw .invalid("\(param): holds a control character.", param: param)
        }
    }
}
