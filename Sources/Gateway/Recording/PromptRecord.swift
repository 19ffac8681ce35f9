internal import Core

/// What a call's record keeps of its prompt. Making one reads every byte of the request: off the loop for large bodies.
struct PromptRecord: Sendable, Equatable {
    private static let titleLength = 60

    /// The plain text of the last user message.
    var prompt = ""
    /// The messages as JSON.
    var wholePrompt = ""
    /// The first characters of the first user message.
    var title = ""

    /// Of a call whose texts are not recorded.
    static let empty = PromptRecord()

    private init() {}

    init(_ request: ChatRequest, limit: Int) {
        let isUser = { (message: ChatMessage) in message.role == .user }
        prompt = RecordedText.cut(request.messages.last(where: isUser)?.text ?? "", to: limit)
        title = Self.title(request.messages.first(where: isUser)?.text ?? "")
        var whole: [UInt8] = [UInt8(ascii: "[")]
        whole.reserveCapacity(prompt.utf8.count + 256)
        for (index, message) in request.messages.enumerated() {
            if index > 0 { whole.append(UInt8(ascii: ",")) }
            Self.append(message, to: &whole)
        }
        whole.append(UInt8(ascii: "]"))
        wholePrompt = String(decoding: whole, as: UTF8.self)
    }

    private static func title(_ text: String) -> String {
        // A text has no more characters than bytes, and counting characters is dear.
        text.utf8.count <= titleLength ? text : String(text.prefix(titleLength))
    }

    private static func append(_ message: ChatMessage, to bytes: inout [UInt8]) {
        bytes.append(ascii: #"{"role":"#)
        bytes.appendJSON(message.role.rawValue)
        bytes.append(ascii: #","content":"#)
        if message.parts.count == 1, case .text(let text) = message.parts[0].content {
            bytes.appendJSON(text)
        } else {
            bytes.appendJSON(.array(message.parts.map(part)))
        }
        bytes.append(UInt8(ascii: "}"))
    }

    private static func part(_ part: ContentPart) -> JSONValue {
        switch part.content {
        case .text(let text): return ["type": "text", "text": .string(text)]
        case .image(let source): return media("image", source)
        case .audio(let source): return media("audio", source)
        case .document(let source, let name):
            var object = media("document", source).object ?? [:]
            if let name { object["name"] = .string(name) }
            return .object(object)
        case .toolUse(let use):
            return [
                "type": "tool_use", "id": .string(use.id), "name": .string(use.name),
                "arguments": .string(use.arguments),
            ]
        case .toolResult(let result):
            var object: JSONObject = [
                "type": "tool_result", "tool_use_id": .string(result.toolUseID),
                "content": .array(result.parts.map(Self.part)),
            ]
            if let isError = result.isError { object["is_error"] = .bool(isError) }
            return .object(object)
        case .reasoning(.thinking(let text, _)): return ["type": "reasoning", "text": .string(text)]
        case .reasoning(.redacted): return ["type": "redacted_reasoning"]
        }
    }

    /// Bytes are never stored: type, size and SHA-256 stand for them. The address of a file is kept, unless the address
    /// is the file (`data:`).
    private static func media(_ type: String, _ source: MediaSource) -> JSONValue {
        switch source {
        case .base64(let data, let mediaType): return media(type, data, mediaType)
        case .url(let url):
            guard url.hasPrefix("data:") else { return ["type": .string(type), "url": .string(url)] }
            let head = url.prefix { $0 != "," }
            let mediaType = head.dropFirst(5).prefix { $0 != ";" }
            return media(type, String(url[head.endIndex...].dropFirst()), String(mediaType))
        }
    }

    private static func media(_ type: String, _ base64: String, _ mediaType: String) -> JSONValue {
        let digest = Base64Digest(base64)
        return [
            "type": .string(type), "media_type": .string(mediaType), "bytes": .int(digest.byteCount),
            "sha256": .string(digest.sha256),
        ]
    }
}
