internal import Core

/// Reads the `content` of a message: a string, or an array of parts.
enum ContentParser {
    static func parts(_ content: JSONValue, for role: ChatMessage.Role) throws(ChatFieldError) -> [ContentPart] {
        switch content {
        case .string(let text): return [.text(text)]
        case .array(let elements):
            var parts: [ContentPart] = []
            parts.reserveCapacity(elements.count)
            for (index, element) in elements.enumerated() {
                parts.append(
                    try inside("[\(index)]") { () throws(ChatFieldError) in
                        try part(ChatFields(element, "an object with type"), for: role)
                    })
            }
            return parts
        default: throw .wrongType("", content, "a string or an array of content parts")
        }
    }

    /// The part types that a message of each role may carry, in words for the error.
    private static func allowed(_ role: ChatMessage.Role) -> [String] {
        switch role {
        case .system: ["text"]
        case .user: ["text", "image_url", "input_image", "input_audio", "file", "input_file"]
        case .assistant: ["text", "refusal", "thinking", "redacted_thinking"]
        case .tool: ["text", "image_url", "input_image", "file", "input_file"]
        }
    }

    private static func part(_ fields: ChatFields, for role: ChatMessage.Role) throws(ChatFieldError) -> ContentPart {
        let allowed = allowed(role)
        let need = "one of \(allowed.joined(separator: ", "))"
        let type = try fields.string(required: "type", need)
        guard allowed.contains(type) else {
            throw ChatFieldError(
                "type", "is \(ChatFieldError.quoted(type)); in a \(role.rawValue) message it must be \(need)")
        }
        return ContentPart(try content(type, fields), cacheControl: try fields.object("cache_control"))
    }

    /// `type` is one of ``allowed(_:)``.
    static func content(_ type: String, _ fields: ChatFields) throws(ChatFieldError) -> ContentPart.Content {
        switch type {
        case "text", "refusal":
            guard let text = try fields.string(type) else { throw .missing(type, "a string") }
            return .text(text)
        case "input_audio": return .audio(try audio(fields))
        case "file":
            guard let file = try fields.object("file") else { throw .missing("file", "an object with file_data") }
            return try inside("file") { () throws(ChatFieldError) in try document(ChatFields(file)) }
        case "input_file": return try document(fields)
        case "thinking", "redacted_thinking":
            return .reasoning(try reasoning(type, fields) ?? .thinking(text: "", signature: nil))
        default: return .image(try image(fields))
        }
    }

    /// A thinking block as Anthropic and LiteLLM spell it; nil for another type.
    static func reasoning(_ type: String, _ fields: ChatFields) throws(ChatFieldError) -> ReasoningBlock? {
        switch type {
        case "thinking":
            let signature = try fields.string("signature")
            return .thinking(
                text: try fields.string("thinking") ?? "", signature: signature == "" ? nil : signature)
        case "redacted_thinking":
            return .redacted(data: try fields.string(required: "data", "the block's encrypted data"))
        default: return nil
        }
    }

    /// `image_url`: `{"url":…}`, or the URL itself, as `input_image` has it.
    private static func image(_ fields: ChatFields) throws(ChatFieldError) -> MediaSource {
        let need = "an object with url"
        switch fields.value("image_url") {
        case nil: throw .missing("image_url", need)
        case .string(let url): return try source(url, at: "image_url")
        case .object(let object):
            return try inside("image_url") { () throws(ChatFieldError) in
                let image = ChatFields(object)
                _ = try image.string("detail")
                return try source(try image.string(required: "url", "an http, https or data URL"), at: "url")
            }
        case let other?: throw .wrongType("image_url", other, need)
        }
    }

    private static func source(_ text: String, at path: String) throws(ChatFieldError) -> MediaSource {
        if DataURL.hasScheme(text) {
            let parsed = try inside(path) { () throws(ChatFieldError) in try DataURL(text) }
            return .base64(parsed.data, mediaType: parsed.mediaType)
        }
        return .url(try webAddress(text, at: path))
    }

    private static func webAddress(_ text: String, at path: String) throws(ChatFieldError) -> String {
        let url = trimmed(text)
        let start = url.prefix(8).lowercased()
        guard start.hasPrefix("http://") || start.hasPrefix("https://"), !url.utf8.contains(where: { $0 <= 0x20 })
        else {
            throw ChatFieldError(path, "is \(ChatFieldError.quoted(url)); it must be an http, https or data URL")
        }
        return url
    }

    /// Without white space at its ends, which clients leave in URLs.
    static func trimmed(_ text: String) -> String {
        let isSpace = { (byte: UInt8) in byte == 0x20 || (0x09...0x0d).contains(byte) }
        let start = text.utf8.drop(while: isSpace)
        let length = start.reversed().drop(while: isSpace).count
        return String(Substring(start.prefix(length)))
    }

    /// `{"data":<base64>,"format":"wav"}`; the media type is `audio/` and the format as sent.
    private static func audio(_ fields: ChatFields) throws(ChatFieldError) -> MediaSource {
        guard let object = try fields.object("input_audio") else {
            throw .missing("input_audio", "an object with data and format")
        }
        return try inside("input_audio") { () throws(ChatFieldError) in
            let audio = ChatFields(object)
            let format = try audio.string(required: "format", "the sound's format, such as wav or mp3")
            let data = try audio.string(required: "data", "base64 text")
            let base64 = try inside("data") { () throws(ChatFieldError) in
                DataURL.hasScheme(data) ? try DataURL(data).data : try DataURL.base64(data)
            }
            return .base64(base64, mediaType: "audio/\(format.lowercased())")
        }
    }

    private static func document(_ fields: ChatFields) throws(ChatFieldError) -> ContentPart.Content {
        let name = try fields.string("filename")
        if let data = try fields.string("file_data") {
            if DataURL.hasScheme(data) { return .document(try source(data, at: "file_data"), name: name) }
            let base64 = try inside("file_data") { () throws(ChatFieldError) in try DataURL.base64(data) }
            return .document(.base64(base64, mediaType: DocumentTypes.mediaType(ofFile: name)), name: name)
        }
        if let url = try fields.string("file_url") {
            return .document(try source(url, at: "file_url"), name: name)
        }
        if fields.value("file_id") != nil {
            throw ChatFieldError(
                "file_id", "names an uploaded file, which this gateway does not keep; send the file in file_data",
                code: "unsupported_value")
        }
        throw .missing("file_data", "a data URL with the file's content")
    }
}
