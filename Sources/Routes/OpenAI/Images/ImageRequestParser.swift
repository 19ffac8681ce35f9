internal import Core

/// Reads the body of `POST /v1/images/generations`. Every fault is a 400 that names the member at fault.
/// Members: https://platform.openai.com/docs/api-reference/images/create
enum ImageRequestParser {
    /// OpenAI's limits.
    static let mostImages = 10
    static let longestPrompt = 32_000
    static let longestSide = 16_384
    static let qualities = ["auto", "standard", "hd", "low", "medium", "high"]

    static func parse(_ body: [UInt8]) throws(GatewayError) -> ImageRequest {
        try RequestDocument.read(body) { document throws(ChatFieldError) in
            var request = try request(ChatFields(document))
            request.openAIBody = document
            request.byteCount = body.count
            return request
        }
    }

    private static func request(_ body: ChatFields) throws(ChatFieldError) -> ImageRequest {
        let model = try body.string(required: "model", "the name of a model, as GET /v1/models lists them")
        var request = ImageRequest(model: model, prompt: try body.string(required: "prompt", "what the image shows"))
        guard request.prompt.unicodeScalars.count <= longestPrompt else {
            throw ChatFieldError("prompt", "has more than \(longestPrompt) characters")
        }
        request.count = try body.integer("n", in: 1...mostImages) ?? 1
        request.size = try body.string("size").flatMap { text throws(ChatFieldError) in try size(text) }
        if let quality = try body.string("quality") {
            guard qualities.contains(quality) else {
                throw ChatFieldError(
                    "quality",
                    "is \(ChatFieldError.quoted(quality)); it must be one of \(qualities.joined(separator: ", "))")
            }
            request.quality = quality == "auto" ? nil : quality
        }
        if let text = try body.string("response_format") {
            guard let format = ImageRequest.Format(rawValue: text) else {
                throw ChatFieldError(
                    "response_format", "is \(ChatFieldError.quoted(text)); it must be \"url\" or \"b64_json\"")
            }
            request.format = format
        }
        if try body.bool("stream") == true {
            throw ChatFieldError(
                "stream", "is true, and images are given whole here; leave it out", code: "unsupported_value")
        }
        _ = try body.string("user")
        return request
    }

    /// Nil for `auto`.
    private static func size(_ text: String) throws(ChatFieldError) -> ImageRequest.Size? {
        if text == "auto" { return nil }
        let sides = text.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
        guard sides.count == 2, let width = sides[0], let height = sides[1], (1...longestSide).contains(width),
            (1...longestSide).contains(height)
        else {
            throw ChatFieldError(
                "size",
                "is \(ChatFieldError.quoted(text)); it must be \"auto\" or width and height in pixels, such as"
                    + " \"1024x1024\"")
        }
        return ImageRequest.Size(width: width, height: height)
    }
}
