internal import Core

/// Writes messages of any dialect as OpenAI's `messages`.
enum OpenAIMessageEncoder {
    /// Reasoning is left out: OpenAI's dialect has no place for it in a request.
    static func encode(_ messages: [ChatMessage]) throws(GatewayError) -> [JSONValue] {
        var encoded: [JSONValue] = []
        for (index, message) in messages.enumerated() {
            switch message.role {
            case .system: encoded.append(["role": "system", "content": .string(message.text)])
            case .assistant: encoded.append(assistant(message))
            case .user, .tool: try user(message, path: "messages[\(index)]", into: &encoded)
            }
        }
        return encoded
    }

    private static func assistant(_ message: ChatMessage) -> JSONValue {
        let text = message.text
        var calls: [JSONValue] = []
        for part in message.parts {
            guard case .toolUse(let use) = part.content else { continue }
            calls.append([
                "id": .string(use.id), "type": "function",
                "function": [
                    "name": .string(use.name), "arguments": .string(use.arguments.isEmpty ? "{}" : use.arguments),
                ],
            ])
        }
        var object: JSONObject = ["role": "assistant"]
        object["content"] = text.isEmpty && !calls.isEmpty ? .null : .string(text)
        if !calls.isEmpty { object["tool_calls"] = .array(calls) }
        return .object(object)
    }

    /// Tool results become messages of their own, which must follow the calls at once; the rest of the message, and
    /// the images of results, which a tool message cannot hold, come after them.
    private static func user(
        _ message: ChatMessage, path: String, into encoded: inout [JSONValue]
    ) throws(GatewayError) {
        var content: [JSONValue] = []
        for (index, part) in message.parts.enumerated() {
            let path = "\(path).content[\(index)]"
            if case .toolResult(let result) = part.content {
                var texts: [String] = []
                for inner in result.parts {
                    if case .text(let text) = inner.content {
                        texts.append(text)
                    } else if let media = try media(inner.content, path: path) {
                        content.append(media)
                    }
                }
                let text = texts.joined(separator: "\n")
                encoded.append([
                    "role": "tool", "tool_call_id": .string(result.toolUseID), "content": .string(text),
                ])
            } else if let value = try media(part.content, path: path) {
                content.append(value)
            }
        }
        guard !content.isEmpty else { return }
        let texts = content.compactMap { $0.object?["text"] }
        encoded.append([
            "role": "user", "content": content.count == 1 && texts.count == 1 ? texts[0] : .array(content),
        ])
    }

    private static func media(_ content: ContentPart.Content, path: String) throws(GatewayError) -> JSONValue? {
        switch content {
        case .text(let text): return ["type": "text", "text": .string(text)]
        case .image(.url(let url)): return ["type": "image_url", "image_url": ["url": .string(url)]]
        case .image(.base64(let data, let mediaType)):
            return ["type": "image_url", "image_url": ["url": .string("data:\(mediaType);base64,\(data)")]]
        case .document(.base64(let data, let mediaType), let name):
            return [
                "type": "file",
                "file": [
                    "filename": .string(name ?? "document"), "file_data": .string("data:\(mediaType);base64,\(data)"),
                ],
            ]
        case .audio(.base64(let data, let mediaType)):
            let format = mediaType.contains("wav") ? "wav" : "mp3"
            return ["type": "input_audio", "input_audio": ["data": .string(data), "format": .string(format)]]
        case .document(.url, _), .audio(.url):
            throw .invalid("\(path): the model's provider takes files by value only. Send base64 data.", param: path)
        case .toolUse, .toolResult, .reasoning: return nil
        }
    }
}
