internal import Core
internal import FoundationEssentials

/// Messages of any dialect as Anthropic's API takes them: system texts apart, neighbours of one role joined.
struct AnthropicConversation {
    private(set) var system: [JSONValue] = []
    private var turns: [(role: String, blocks: [JSONValue])] = []

    init(_ messages: [ChatMessage]) throws(GatewayError) {
        for (index, message) in messages.enumerated() {
            let place = "messages[\(index)]"
            switch message.role {
            case .system: addSystem(message)
            case .user, .tool: append(try Self.blocks(message.parts, at: place), as: "user")
            case .assistant: append(try Self.blocks(message.parts, at: place), as: "assistant")
            }
        }
        guard !turns.isEmpty else {
            throw .invalid(
                "messages: no user or assistant message has any content; send at least one that is not blank.",
                param: "messages")
        }
        if turns[0].role == "assistant" {
            turns.insert((role: "user", blocks: [["type": "text", "text": .string(ConversePhrases.opening)]]), at: 0)
        }
        trimEnd()
    }

    var messages: [JSONValue] {
        turns.map { ["role": .string($0.role), "content": .array($0.blocks)] }
    }

    /// Whether an assistant's tool call stands without the reasoning that led to it, which excludes thinking.
    var hasUnreasonedToolUse: Bool {
        turns.contains { turn in
            Self.has("tool_use", turn.blocks)
                && !Self.has("thinking", turn.blocks) && !Self.has("redacted_thinking", turn.blocks)
        }
    }

    mutating func addSystem(_ text: String) { system.append(["type": "text", "text": .string(text)]) }

    private static func has(_ type: JSONValue, _ blocks: [JSONValue]) -> Bool {
        blocks.contains { $0.object?["type"] == type }
    }

    /// Later ones stay where they are, as the user's words: to move them would change the prefix that caches go by.
    private mutating func addSystem(_ message: ChatMessage) {
        var blocks: [JSONValue] = []
        for part in message.parts {
            guard case .text(let text) = part.content, !Self.isBlank(text) else { continue }
            blocks.append(Self.marked(["type": "text", "text": .string(text)], part))
        }
        if turns.isEmpty { system += blocks } else { append(blocks, as: "user") }
    }

    private mutating func append(_ blocks: [JSONValue], as role: String) {
        guard !blocks.isEmpty else { return }
        if let last = turns.indices.last, turns[last].role == role {
            turns[last].blocks += blocks
        } else {
            turns.append((role: role, blocks: blocks))
        }
    }

    /// A final assistant text must not end in white space.
    private mutating func trimEnd() {
        guard let last = turns.indices.last, turns[last].role == "assistant",
            let place = turns[last].blocks.indices.last, var block = turns[last].blocks[place].object,
            var text = block["text"]?.string
        else { return }
        while text.last?.isWhitespace == true { text.removeLast() }
        block["text"] = .string(text)
        turns[last].blocks[place] = .object(block)
    }

    /// The API refuses texts of nothing but white space.
    private static func isBlank(_ text: String) -> Bool { text.allSatisfy(\.isWhitespace) }
}

// MARK: - Blocks

extension AnthropicConversation {
    private static func blocks(_ parts: [ContentPart], at place: String) throws(GatewayError) -> [JSONValue] {
        var blocks: [JSONValue] = []
        for (index, part) in parts.enumerated() {
            if let block = try block(part.content, at: "\(place).content[\(index)]") {
                blocks.append(marked(block, part))
            }
        }
        return blocks
    }

    private static func marked(_ block: JSONObject, _ part: ContentPart) -> JSONValue {
        var block = block
        if let mark = part.cacheControl { block["cache_control"] = .object(mark) }
        return .object(block)
    }

    private static func block(_ content: ContentPart.Content, at place: String) throws(GatewayError) -> JSONObject? {
        switch content {
        case .text(let text): return isBlank(text) ? nil : ["type": "text", "text": .string(text)]
        case .image(let source): return ["type": "image", "source": image(source)]
        case .document(let source, let name):
            var block: JSONObject = ["type": "document", "source": try document(source, at: place)]
            if let name { block["title"] = .string(name) }
            return block
        case .audio: throw .invalid("\(place): this model takes no audio; send a transcript as text.", param: place)
        case .toolUse(let use):
            let input = (try? JSONParser.parse(use.arguments))?.object ?? [:]
            return [
                "type": "tool_use", "id": .string(identifier(use.id)), "name": .string(use.name),
                "input": .object(input),
            ]
        case .toolResult(let result):
            var block: JSONObject = [
                "type": "tool_result", "tool_use_id": .string(identifier(result.toolUseID)),
                "content": .array(try blocks(result.parts, at: place)),
            ]
            if let isError = result.isError { block["is_error"] = .bool(isError) }
            return block
        case .reasoning(.thinking(let text, let signature)):
            // Only what the model itself signed may go back to it.
            guard let signature, !signature.isEmpty else { return nil }
            return ["type": "thinking", "thinking": .string(text), "signature": .string(signature)]
        case .reasoning(.redacted(let data)): return ["type": "redacted_thinking", "data": .string(data)]
        }
    }

    private static func image(_ source: MediaSource) -> JSONValue {
        switch source {
        case .url(let url): ["type": "url", "url": .string(url)]
        case .base64(let data, let mediaType):
            [
                "type": "base64", "media_type": .string(mediaType == "image/jpg" ? "image/jpeg" : mediaType),
                "data": .string(data),
            ]
        }
    }

    private static func document(_ source: MediaSource, at place: String) throws(GatewayError) -> JSONValue {
        switch source {
        case .url(let url): return ["type": "url", "url": .string(url)]
        case .base64(let data, "application/pdf"):
            return ["type": "base64", "media_type": "application/pdf", "data": .string(data)]
        case .base64(let data, let mediaType):
            guard mediaType.hasPrefix("text/") || mediaType == "application/json",
                let bytes = Data(base64Encoded: data), let text = String(validating: bytes, as: UTF8.self)
            else {
                throw .invalid("\(place): this model reads PDF and text documents only.", param: place)
            }
            return ["type": "text", "media_type": "text/plain", "data": .string(text)]
        }
    }

    /// The API takes `[a-zA-Z0-9_-]+`; another vendor's id is changed alike in the call and in its result.
    private static func identifier(_ id: String) -> String {
        let bytes = id.utf8.map { byte in
            let isPlain =
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "-")
                || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
            return isPlain ? byte : UInt8(ascii: "_")
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
