internal import Core

extension OpenAPIComponents {
    private static let text = Schema.string(1...Int.max)
    private static let tokens = Schema.array(of: .integer(0...EmbeddingRequestParser.largestToken), 1...Int.max)

    static let embeddingRequest = Schema.open(
        [
            "model": Schema.string(1...400).described("A configured name, as GET /v1/models lists them."),
            "input": .any(of: [
                text, .array(of: text, 1...EmbeddingRequestParser.mostInputs), tokens,
                .array(of: tokens, 1...EmbeddingRequestParser.mostInputs),
            ]),
            "encoding_format": Schema.one(of: ["float", "base64"]).defaulting(to: "float"),
            "dimensions": Schema.integer(1...EmbeddingRequestParser.mostDimensions).orNull,
            "input_type": Schema.text.orNull.described("What the vectors are for, of models that ask (Cohere's)."),
            "user": Schema.text.orNull,
        ], required: ["model", "input"]
    ).example(["model": "demo", "input": ["ping", "pong"], "dimensions": 4])

    static let embeddingList = Schema.row([
        "object": .constant("list"),
        "data": .array(
            of: .row([
                "object": .constant("embedding"), "index": .count,
                "embedding": .any(of: [
                    .array(of: .number(), 1...Int.max),
                    Schema.text.described("With `base64`: 32-bit floating-point numbers, little-endian."),
                ]),
            ])),
        "model": .text, "usage": .row(["prompt_tokens": .count, "total_tokens": .count]),
    ])
}
