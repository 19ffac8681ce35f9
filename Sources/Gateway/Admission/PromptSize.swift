internal import Core

/// How large a request is, counted in what its tokens are estimated from. Design.md section 4, "Admission".
struct PromptSize: Sendable, Equatable {
    static let tokensPerImage = 1600
    static let tokensPerPage = 3000
    /// A PDF does not tell its pages without being unpacked: one is taken for each started 32 KiB, at most 100, which
    /// is the most that Bedrock's models read.
    static let bytesPerPage = 32 * 1024
    static let mostPages = 100
    /// Of a document that is given as an address and whose size is not known.
    static let pagesBehindURL = 20
    /// Speech costs about 10 tokens a second, and compressed speech takes at least 2 KB a second.
    static let audioBytesPerToken = 200
    static let tokensPerMessage = 8

    private(set) var textBytes = 0
    private(set) var messages = 0
    /// Tokens of images, documents and sound.
    private(set) var mediaTokens = 0
    /// Images that the call asks for.
    private(set) var imagesToMake = 0
    /// Whether the request marks a part to be cached, so that tokens may cost what a cache write costs.
    private(set) var marksCache = false

    init(_ request: ChatRequest) {
        for message in request.messages {
            messages += 1
            add(message.parts)
        }
        for tool in request.tools {
            textBytes += tool.name.utf8.count + (tool.description?.utf8.count ?? 0)
            if let parameters = tool.parameters { textBytes += JSONValue.object(parameters).textBytes }
            if tool.cacheControl != nil { marksCache = true }
        }
        if let format = request.responseFormat { textBytes += JSONValue.object(format).textBytes }
        // Marks the last block that can be cached.
        if request.anthropic?.body.present("cache_control") != nil { marksCache = true }
        // What the messages do not hold stands in the body alone.
        if request.anthropic?.untranslated != nil { textBytes = max(textBytes, request.byteCount) }
    }

    /// Of texts, and of tokens that were counted elsewhere.
    init(textBytes: Int, messages: Int, tokens: Int, imagesToMake: Int = 0) {
        self.textBytes = textBytes
        self.messages = messages
        mediaTokens = tokens
        self.imagesToMake = imagesToMake
    }

    /// The best guess of the prompt's tokens.
    var tokens: Int { (textBytes + 2) / 3 + mediaTokens }

    /// With the allowance for each message's frame: what a hold is made for (`e`).
    var tokensToHold: Int { tokens + messages * Self.tokensPerMessage }

    private mutating func add(_ parts: [ContentPart]) {
        for part in parts {
            if part.cacheControl != nil { marksCache = true }
            switch part.content {
            case .text(let text): textBytes += text.utf8.count
            case .image: mediaTokens += Self.tokensPerImage
            case .document(let source, _): addDocument(source)
            case .audio(let source):
                if case .base64(let data, _) = source {
                    mediaTokens += Self.decodedBytes(data) / Self.audioBytesPerToken + 1
                }
            case .toolUse(let use): textBytes += use.name.utf8.count + use.arguments.utf8.count
            case .toolResult(let result): add(result.parts)
            case .reasoning(.thinking(let text, _)): textBytes += text.utf8.count
            case .reasoning(.redacted(let data)): textBytes += data.utf8.count
            }
        }
    }

    private mutating func addDocument(_ source: MediaSource) {
        guard case .base64(let data, let mediaType) = source else {
            mediaTokens += Self.pagesBehindURL * Self.tokensPerPage
            return
        }
        let bytes = Self.decodedBytes(data)
        if mediaType.hasPrefix("text/") || mediaType == "application/json" {
            textBytes += bytes
        } else {
            let pages = min(max(1, (bytes + Self.bytesPerPage - 1) / Self.bytesPerPage), Self.mostPages)
            mediaTokens += pages * Self.tokensPerPage
        }
    }

    private static func decodedBytes(_ base64: String) -> Int { base64.utf8.count / 4 * 3 }
}

extension JSONValue {
    /// About the bytes that the value takes as compact JSON, without writing it.
    fileprivate var textBytes: Int {
        switch self {
        case .null, .bool: 4
        case .number(let number): number.text.utf8.count
        case .string(let text): text.utf8.count + 2
        case .array(let elements): elements.reduce(2) { $0 + $1.textBytes + 1 }
        case .object(let object): object.members.reduce(2) { $0 + $1.name.utf8.count + 4 + $1.value.textBytes }
        }
    }
}
