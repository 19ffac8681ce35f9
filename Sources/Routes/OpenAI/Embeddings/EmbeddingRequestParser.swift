internal import Core

/// Reads the body of `POST /v1/embeddings`. Every fault is a 400 that names the member at fault.
/// Members: https://platform.openai.com/docs/api-reference/embeddings/create
enum EmbeddingRequestParser {
    /// OpenAI's limit.
    static let mostInputs = 2048
    static let largestToken = Int(UInt32.max)
    static let mostDimensions = 65_536

    static func parse(_ body: [UInt8]) throws(GatewayError) -> EmbeddingRequest {
        try RequestDocument.read(body) { document throws(ChatFieldError) in
            var request = try request(ChatFields(document))
            request.openAIBody = document
            request.byteCount = body.count
            return request
        }
    }

    private static func request(_ body: ChatFields) throws(ChatFieldError) -> EmbeddingRequest {
        let model = try body.string(required: "model", "the name of a model, as GET /v1/models lists them")
        guard let input = body.value("input") else { throw .missing("input", need) }
        var request = EmbeddingRequest(
            model: model, inputs: try inside("input") { () throws(ChatFieldError) in try inputs(input) })
        if let text = try body.string("encoding_format") {
            guard let encoding = EmbeddingRequest.Encoding(rawValue: text) else {
                throw ChatFieldError(
                    "encoding_format", "is \(ChatFieldError.quoted(text)); it must be \"float\" or \"base64\"")
            }
            request.encoding = encoding
        }
        request.dimensions = try body.integer("dimensions", in: 1...mostDimensions)
        request.inputType = try body.string("input_type")
        _ = try body.string("user")
        return request
    }

    private static let need = "a text, an array of texts, an array of token numbers or an array of such arrays"

    private static func inputs(_ value: JSONValue) throws(ChatFieldError) -> [EmbeddingRequest.Input] {
        switch value {
        case .string: return [try text(value)]
        case .array(let elements):
            guard let first = elements.first else {
                throw ChatFieldError("", "is empty; it must be \(need)", code: "empty_array")
            }
            if first.number != nil { return [try tokens(value)] }
            guard elements.count <= mostInputs else {
                throw ChatFieldError("", "has \(elements.count) inputs; at most \(mostInputs) are allowed")
            }
            var inputs: [EmbeddingRequest.Input] = []
            inputs.reserveCapacity(elements.count)
            for (index, element) in elements.enumerated() {
                inputs.append(
                    try inside("[\(index)]") { () throws(ChatFieldError) in
                        element.array == nil ? try text(element) : try tokens(element)
                    })
            }
            return inputs
        default: throw .wrongType("", value, need)
        }
    }

    private static func text(_ value: JSONValue) throws(ChatFieldError) -> EmbeddingRequest.Input {
        guard case .string(let text) = value else { throw .wrongType("", value, "a text or an array of tokens") }
        guard !text.isEmpty else { throw ChatFieldError("", "is empty; it must be a text with at least one character") }
        return .text(text)
    }

    private static func tokens(_ value: JSONValue) throws(ChatFieldError) -> EmbeddingRequest.Input {
        guard let elements = value.array, !elements.isEmpty else {
            throw ChatFieldError("", "is empty; it must have at least one token", code: "empty_array")
        }
        var tokens: [Int] = []
        tokens.reserveCapacity(elements.count)
        for (index, element) in elements.enumerated() {
            guard let token = element.int, (0...largestToken).contains(token) else {
                throw ChatFieldError("[\(index)]", "must be the number of a token, a whole number from 0")
            }
            tokens.append(token)
        }
        return .tokens(tokens)
    }
}
