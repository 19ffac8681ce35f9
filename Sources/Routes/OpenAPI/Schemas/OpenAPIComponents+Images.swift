internal import Core

extension OpenAPIComponents {
    static let imageRequest = Schema.open(
        [
            "model": Schema.string(1...400).described("A configured name, as GET /v1/models lists them."),
            "prompt": .string(1...ImageRequestParser.longestPrompt),
            "n": Schema.integer(1...ImageRequestParser.mostImages).orNull,
            "size": Schema.string(pattern: "^(auto|[1-9][0-9]{0,3}x[1-9][0-9]{0,3})$").orNull,
            "quality": .any(of: [.one(of: ImageRequestParser.qualities), Schema(["type": "null"])]),
            "response_format": .any(of: [.one(of: ["url", "b64_json"]), Schema(["type": "null"])]),
            "user": Schema.text.orNull,
        ], required: ["model", "prompt"]
    ).example(["model": "canvas", "prompt": "a brook in a wood", "size": "1024x1024"])

    static let imageList = Schema.open(
        [
            "created": .count,
            "data": .array(
                of: .open(["b64_json": .text, "url": .text, "revised_prompt": .text]), 1...Int.max),
        ], required: ["created", "data"])
}
