internal import Core

/// What a call of a ``ModelTrial`` came to when it went well.
enum ModelTrialAnswer {
    /// A provider that does not keep to the limit of tokens is not listened to for longer, in bytes.
    static let longestText = 4096

    case chat(ChatAnswer)
    case embeddings([Embedding], TokenUsage?)
    case images(TokenUsage)

    /// `answer`, `dimensions` and `images`, of which a purpose has one, and what was used; what is not told is null.
    var members: JSONObject {
        switch self {
        case .chat(let answer):
            Self.members(
                answer: String(answer.text.prefix(Self.longestText)), finish: answer.finish?.rawValue,
                usage: answer.usage)
        case .embeddings(let vectors, let usage):
            Self.members(dimensions: vectors.first.map(Self.dimensions), usage: usage)
        case .images(let usage):
            Self.members(images: usage.images, usage: usage.prompt + usage.output > 0 ? usage : nil)
        }
    }

    private static func members(
        answer: String? = nil, dimensions: Int? = nil, images: Int? = nil, finish: String? = nil, usage: TokenUsage?
    ) -> JSONObject {
        [
            "answer": .optional(answer), "dimensions": .optional(dimensions), "images": .optional(images),
            "finish_reason": .optional(finish), "tokens_in": .optional(usage?.prompt),
            "tokens_out": .optional(usage?.output),
        ]
    }

    /// Four bytes a number, three bytes in four characters.
    private static func dimensions(_ vector: Embedding) -> Int {
        switch vector {
        case .floats(let floats): floats.count
        case .base64(let text): text.utf8.prefix { $0 != UInt8(ascii: "=") }.count * 3 / 16
        }
    }
}
