internal import Core

/// The `source` of an image or document.
enum AnthropicSource {
    case base64(String, mediaType: String)
    case url(String)
    /// A document that is plain text.
    case text(String)
    /// A document made of blocks.
    case content(JSONValue)

    /// Nil for a kind that only Anthropic's API knows, such as an uploaded file.
    init?(_ block: ChatFields) throws(ChatFieldError) {
        guard let object = try block.object("source") else { throw .missing("source", "an object with type") }
        let source = try inside("source") { () throws(ChatFieldError) in try Self.read(ChatFields(object)) }
        guard let source else { return nil }
        self = source
    }

    private static func read(_ source: ChatFields) throws(ChatFieldError) -> AnthropicSource? {
        switch try source.string(required: "type", "\"base64\", \"url\" or \"text\"") {
        case "base64":
            let type = try source.string(required: "media_type", "the data's type, such as image/png")
            let data = try source.string(required: "data", "base64 text")
            let base64 = try inside("data") { () throws(ChatFieldError) in try DataURL.base64(data) }
            return .base64(base64, mediaType: type.lowercased())
        case "url":
            let url = try source.string(required: "url", "an http or https URL")
            let start = url.prefix(8).lowercased()
            guard start.hasPrefix("http://") || start.hasPrefix("https://"), !url.utf8.contains(where: { $0 <= 0x20 })
            else {
                throw ChatFieldError("url", "is \(ChatFieldError.quoted(url)); it must be an http or https URL")
            }
            return .url(url)
        case "text":
            guard let text = try source.string("data") else { throw .missing("data", "a string") }
            return .text(text)
        case "content":
            guard let content = source.value("content") else {
                throw .missing("content", "a string or an array of content blocks")
            }
            return .content(content)
        default: return nil
        }
    }
}
