/// One part of a message, with the cache mark that may follow it.
package struct ContentPart: Sendable, Equatable {
    package enum Content: Sendable, Equatable {
        case text(String)
        case image(MediaSource)
        case document(MediaSource, name: String?)
        case audio(MediaSource)
        /// A call that the assistant made.
        case toolUse(ToolUse)
        /// The answer to one.
        case toolResult(ToolResult)
        case reasoning(ReasoningBlock)
    }

    package var content: Content
    /// Anthropic's `cache_control` on this part, as sent (`{"type":"ephemeral","ttl":…}`).
    package var cacheControl: JSONObject?

    package init(_ content: Content, cacheControl: JSONObject? = nil) {
        self.content = content
        self.cacheControl = cacheControl
    }

    package static func text(_ text: String) -> ContentPart { ContentPart(.text(text)) }
}

/// Where the bytes of an image, document or sound are.
package enum MediaSource: Sendable, Equatable {
    /// Base64 text without white space, and the media type that the client declared (`image/png`), lower case.
    case base64(String, mediaType: String)
    case url(String)
}

/// A tool call by the assistant.
package struct ToolUse: Sendable, Equatable {
    package var id: String
    package var name: String
    /// JSON text as the model wrote it; may be empty or broken.
    package var arguments: String

    package init(id: String, name: String, arguments: String) {
        self.id = id
        self.name = name
        self.arguments = arguments
    }
}

/// What a tool answered.
package struct ToolResult: Sendable, Equatable {
    package var toolUseID: String
    /// Text, image and document parts.
    package var parts: [ContentPart]
    package var isError: Bool?

    package init(toolUseID: String, parts: [ContentPart], isError: Bool? = nil) {
        self.toolUseID = toolUseID
        self.parts = parts
        self.isError = isError
    }
}

/// A reasoning block that goes back to the model unchanged.
package enum ReasoningBlock: Sendable, Equatable {
    case thinking(text: String, signature: String?)
    /// Encrypted by the provider; base64.
    case redacted(data: String)
}
