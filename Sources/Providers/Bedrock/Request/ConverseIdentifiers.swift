internal import Core
internal import Crypto

/// Makes other vendors' ids and names fit Bedrock's patterns.
enum ConverseIdentifiers {
    static let maximumLength = 64
    private static let hashLength = 8

    /// `[a-zA-Z0-9_.:-]{1,64}` (conformance M9). A function of its input alone, so a call and its result always agree.
    static func toolUseID(_ id: String) -> String {
        fits(id, isIDByte) ? id : shortened(id, isIDByte)
    }

    /// `[a-zA-Z0-9_-]{1,64}` (M10).
    static func isToolName(_ name: String) -> Bool { fits(name, isNameByte) }

    /// The name with what does not fit replaced; may equal another tool's.
    static func sanitizedName(_ name: String) -> String {
        String(replaced(name, isNameByte).prefix(maximumLength))
    }

    static func hashedName(_ name: String) -> String { shortened(name, isNameByte) }

    /// The first hex digits of the SHA-256 of the text.
    static func hash(_ text: String, length: Int) -> String {
        String(Hexadecimal.text(SHA256.hash(data: Array(text.utf8))).prefix(length))
    }

    private static func shortened(_ text: String, _ allows: (UInt8) -> Bool) -> String {
        let kept = replaced(text, allows).prefix(maximumLength - hashLength - 1)
        return "\(kept)_\(hash(text, length: hashLength))"
    }

    private static func fits(_ text: String, _ allows: (UInt8) -> Bool) -> Bool {
        (1...maximumLength).contains(text.utf8.count) && text.utf8.allSatisfy(allows)
    }

    /// One `_` for each character, so that the result stays readable.
    private static func replaced(_ text: String, _ allows: (UInt8) -> Bool) -> String {
        String(
            text.map { character in
                if let ascii = character.asciiValue, allows(ascii) { return character }
                return "_"
            })
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }

    private static func isIDByte(_ byte: UInt8) -> Bool {
        isNameByte(byte) || byte == UInt8(ascii: ".") || byte == UInt8(ascii: ":")
    }
}

/// The tool names of one request as Bedrock sees them, and the way back. Never shared between requests: a map that
/// outlives its request would show one customer's names to another.
struct ConverseToolNames: Sendable {
    private var sent: [String: String] = [:]
    /// Names that had to change: what was sent to what the client calls it.
    private(set) var originals: [String: String] = [:]

    /// Names that fit stay themselves; of the others, one that would collide gets a hash.
    init(of request: ChatRequest) {
        let names = Self.names(in: request)
        var taken: Set<String> = []
        for name in names where ConverseIdentifiers.isToolName(name) { taken.insert(name) }
        for name in names where sent[name] == nil {
            guard !ConverseIdentifiers.isToolName(name) else {
                sent[name] = name
                continue
            }
            var candidate = ConverseIdentifiers.sanitizedName(name)
            if candidate.isEmpty || taken.contains(candidate) { candidate = ConverseIdentifiers.hashedName(name) }
            taken.insert(candidate)
            sent[name] = candidate
            originals[candidate] = name
        }
    }

    subscript(name: String) -> String { sent[name] ?? name }

    /// A name for a tool of the gateway's own that none of the request's has.
    func unused(_ base: String) -> String {
        let taken = Set(sent.values)
        var candidate = base
        var number = 2
        while taken.contains(candidate) {
            candidate = "\(base)_\(number)"
            number += 1
        }
        return candidate
    }

    private static func names(in request: ChatRequest) -> [String] {
        var names = request.tools.map(\.name)
        if case .named(let name) = request.toolChoice { names.append(name) }
        for message in request.messages {
            for part in message.parts {
                if case .toolUse(let use) = part.content { names.append(use.name) }
            }
        }
        return names
    }
}
