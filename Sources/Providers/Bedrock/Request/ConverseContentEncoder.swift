internal import Core

/// Translates message parts into Converse content blocks, keeping what must be counted or unique over a whole request.
struct ConverseContentEncoder {
    /// Where a part stands in the client's request, for error messages.
    typealias Place = String

    let capabilities: ModelCapabilities
    let toolNames: ConverseToolNames
    var cachePoints: ConverseCachePoints
    private var documentNames: Set<String> = []

    init(capabilities: ModelCapabilities, toolNames: ConverseToolNames) {
        self.capabilities = capabilities
        self.toolNames = toolNames
        cachePoints = ConverseCachePoints(capabilities)
    }

    /// The blocks of a part of a user's message. A tool result may bring media along that must stand beside it.
    mutating func userBlocks(_ part: ContentPart, at place: Place) throws(GatewayError) -> [ConverseBlock] {
        var blocks: [ConverseBlock]
        switch part.content {
        case .text(let text): blocks = Self.isBlank(text) ? [] : [.text(text)]
        case .image(let source): blocks = [try image(source, at: place)]
        case .document(let source, let name): blocks = [try document(source, name: name, at: place)]
        case .audio(let source): blocks = [try audio(source, at: place)]
        case .toolResult(let result): blocks = try toolResult(result, at: place)
        case .toolUse: throw Self.misplaced("a tool call", in: "an assistant message", at: place)
        case .reasoning: throw Self.misplaced("reasoning", in: "an assistant message", at: place)
        }
        mark(&blocks, with: part.cacheControl)
        return blocks
    }

    /// The blocks of a part of an assistant's message.
    mutating func assistantBlocks(_ part: ContentPart, at place: Place) throws(GatewayError) -> [ConverseBlock] {
        var blocks: [ConverseBlock]
        switch part.content {
        case .text(let text): blocks = Self.isBlank(text) ? [] : [.text(text)]
        case .toolUse(let use): blocks = [toolUse(use)]
        case .reasoning(let block): blocks = try reasoning(block, at: place)
        case .image: throw Self.misplaced("an image", in: "a user message", at: place)
        case .document: throw Self.misplaced("a document", in: "a user message", at: place)
        case .audio: throw Self.misplaced("audio", in: "a user message", at: place)
        case .toolResult: throw Self.misplaced("a tool result", in: "a tool or user message", at: place)
        }
        mark(&blocks, with: part.cacheControl)
        return blocks
    }

    /// The service refuses texts of nothing but white space.
    static func isBlank(_ text: String) -> Bool { text.allSatisfy(isSpace) }

    /// Also the separators U+001C to U+001F, which are white space to the service and not to Unicode.
    static func isSpace(_ character: Character) -> Bool {
        character.isWhitespace || character.asciiValue.map { (0x1c...0x1f).contains($0) } ?? false
    }

    private static func misplaced(_ what: String, in where: String, at place: Place) -> GatewayError {
        .invalid("\(place): \(what) can only stand in \(`where`) for this model.", param: place)
    }

    private mutating func mark(_ blocks: inout [ConverseBlock], with cacheControl: JSONObject?) {
        guard let last = blocks.indices.last, let point = cachePoints.point(cacheControl) else { return }
        blocks[last].cachePoint = point
    }
}

extension ConverseContentEncoder {
    private func toolUse(_ use: ToolUse) -> ConverseBlock {
        let id = ConverseIdentifiers.toolUseID(use.id)
        let json: JSONValue = [
            "toolUse": [
                "toolUseId": .string(id), "name": .string(toolNames[use.name]),
                "input": ConverseToolInput.object(from: use.arguments),
            ]
        ]
        return ConverseBlock(kind: .toolUse, json: json, toolUseID: id)
    }

    /// Only what the model itself signed may go back to it; text without a signature would be refused.
    private func reasoning(_ block: ReasoningBlock, at place: Place) throws(GatewayError) -> [ConverseBlock] {
        guard capabilities.thinks else { return [] }
        switch block {
        case .thinking(let text, let signature):
            guard let signature, !signature.isEmpty else { return [] }
            let content: JSONValue = ["reasoningText": ["text": .string(text), "signature": .string(signature)]]
            return [ConverseBlock(kind: .reasoning, json: ["reasoningContent": content])]
        case .redacted(let data):
            guard !data.isEmpty else { return [] }
            guard let data = ConverseBase64(data)?.text else {
                throw .invalid(
                    "\(place): the redacted thinking's data is no valid base64; send it as it came.", param: place)
            }
            return [ConverseBlock(kind: .reasoning, json: ["reasoningContent": ["redactedContent": .string(data)]])]
        }
    }

    /// Text stays in the result; an empty one becomes an empty list (conformance M12). Media stay where the model takes
    /// them there; otherwise a placeholder stands in the result and the media beside it in the same message.
    private mutating func toolResult(_ result: ToolResult, at place: Place) throws(GatewayError) -> [ConverseBlock] {
        var content: [JSONValue] = []
        var beside: [ConverseBlock] = []
        for (index, part) in result.parts.enumerated() {
            let place = "\(place).content[\(index)]"
            let block: ConverseBlock
            switch part.content {
            case .text(let text):
                if !Self.isBlank(text) { content.append(["text": .string(text)]) }
                continue
            case .image(let source): block = try image(source, at: place)
            case .document(let source, let name): block = try document(source, name: name, at: place)
            case .audio, .toolUse, .toolResult, .reasoning:
                throw .invalid("\(place): a tool result takes text, images and documents only.", param: place)
            }
            if capabilities.toolResultMedia {
                content.append(block.json)
            } else {
                content.append(["text": .string(ConversePhrases.movedMedia)])
                beside.append(block)
            }
        }
        let id = ConverseIdentifiers.toolUseID(result.toolUseID)
        var json: JSONObject = ["toolUseId": .string(id), "content": .array(content)]
        if result.isError == true, capabilities.toolResultMedia { json["status"] = "error" }
        let block = ConverseBlock(kind: .toolResult, json: ["toolResult": .object(json)], toolUseID: id)
        return [block] + beside
    }
}

extension ConverseContentEncoder {
    private func image(_ source: MediaSource, at place: Place) throws(GatewayError) -> ConverseBlock {
        guard capabilities.images else {
            throw .invalid(
                "\(place): this model takes no images; describe it in words, or ask for another model.", param: place)
        }
        let data = try bytes(of: source, "image", at: place)
        guard let format = FileSignature.imageFormat(data.start) else {
            throw .invalid("\(place): the image is no PNG, JPEG, GIF or WebP file.", param: place)
        }
        guard data.byteCount <= ConverseMedia.maximumImageSize else {
            throw .invalid("\(place): the image is larger than 3.75 MB; send a smaller one.", param: place)
        }
        let json: JSONValue = ["format": .string(format), "source": ["bytes": .string(data.text)]]
        return ConverseBlock(kind: .media, json: ["image": json])
    }

    /// The client's file name is not sent: it would be read by the model as instructions (conformance M14). The name is
    /// made from the content, so that the same file keeps its name over turns and caches stay valid.
    private mutating func document(
        _ source: MediaSource, name: String?, at place: Place
    ) throws(GatewayError) -> ConverseBlock {
        guard capabilities.documents else {
            throw .invalid(
                "\(place): this model takes no documents; send the text, or ask for another model.", param: place)
        }
        let data = try bytes(of: source, "document", at: place)
        guard case .base64(_, let mediaType) = source,
            let format = ConverseMedia.documentFormat(mediaType: mediaType, name: name)
        else {
            let formats = ConverseMedia.documentFormats.joined(separator: ", ")
            throw .invalid("\(place): the document's type is not supported; supported are \(formats).", param: place)
        }
        guard data.byteCount <= ConverseMedia.maximumDocumentSize else {
            throw .invalid("\(place): the document is larger than 4.5 MB; send a smaller one.", param: place)
        }
        let base = "document-\(ConverseIdentifiers.hash(data.text, length: 12))"
        var unique = base
        var number = 2
        while !documentNames.insert(unique).inserted {
            unique = "\(base)-\(number)"
            number += 1
        }
        let json: JSONValue = [
            "format": .string(format), "name": .string(unique), "source": ["bytes": .string(data.text)],
        ]
        return ConverseBlock(kind: .document, json: ["document": json])
    }

    private func audio(_ source: MediaSource, at place: Place) throws(GatewayError) -> ConverseBlock {
        guard capabilities.audio else {
            throw .invalid("\(place): this model takes no audio; send a transcript as text.", param: place)
        }
        let data = try bytes(of: source, "audio", at: place)
        guard case .base64(_, let mediaType) = source, let format = ConverseMedia.audioFormat(mediaType: mediaType)
        else { throw .invalid("\(place): the audio format is not supported; send mp3 or wav.", param: place) }
        let json: JSONValue = ["format": .string(format), "source": ["bytes": .string(data.text)]]
        return ConverseBlock(kind: .media, json: ["audio": json])
    }

    private func bytes(
        of source: MediaSource, _ what: String, at place: Place
    ) throws(GatewayError) -> ConverseBase64 {
        guard case .base64(let text, _) = source else {
            throw .invalid("\(place): URLs are not fetched for this model; send a data URL.", param: place)
        }
        guard let data = ConverseBase64(text) else {
            throw .invalid("\(place): the \(what)'s data is empty or no valid base64.", param: place)
        }
        return data
    }
}
