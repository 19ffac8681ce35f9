internal import Core

extension OperationCatalog {
    static let llm: Area = [
        "POST /v1/chat/completions": Operation(
            summary: "A chat completion, streamed or whole",
            description: "With `\"stream\": true` the answer is a stream of server-sent events, each a"
                + " chat.completion.chunk, that ends with `data: [DONE]`. A stream that ends without it has failed; the"
                + " event before says why.",
            parameters: [session], body: [.json(.named("ChatRequest"))],
            success: .bodies([
                .json(.named("ChatCompletion")), Operation.Content("text/event-stream", .named("ChatEvent")),
            ]),
            errors: [403, 404, 429]),
        "POST /v1/messages": Operation(
            summary: "A message by Anthropic's API, streamed or whole",
            description: "With `\"stream\": true` the answer is a stream of server-sent events that ends with"
                + " `message_stop`. A stream that ends without it has failed; the event `error` before says why.",
            parameters: [session, version, betas],
            body: [.json(.named("MessagesRequest"))],
            success: .bodies([
                .json(.named("Message")), Operation.Content("text/event-stream", .named("MessageEvent")),
            ]),
            errors: [403, 404, 429]),
        "POST /v1/messages/count_tokens": Operation(
            summary: "The tokens of a prompt",
            description: "By the model's provider where it tells; else an estimate, with `x-brook-estimated: true`.",
            parameters: [version, betas], body: [.json(.named("CountRequest"))],
            success: .bodies([.json(.named("TokenCount"))]), errors: [403, 404, 429]),
        "POST /v1/embeddings": Operation(
            summary: "Vectors of texts", parameters: [session], body: [.json(.named("EmbeddingRequest"))],
            success: .bodies([.json(.named("EmbeddingList"))]), errors: [403, 404, 429]),
        "POST /v1/responses": Operation(
            summary: "An answer in the dialect of OpenAI's Responses, streamed or whole",
            description:
                "Nothing is stored: the whole conversation stands in `input`. With `\"stream\": true` the answer is"
                + " a stream of typed server-sent events that ends with response.completed, response.incomplete or"
                + " response.failed.",
            parameters: [session], body: [.json(.named("ResponseRequest"))],
            success: .bodies([
                .json(.named("Response")), Operation.Content("text/event-stream", .named("ResponseEvent")),
            ]),
            errors: [403, 404, 429]),
        "POST /v1/images/generations": Operation(
            summary: "Images of a text", parameters: [session], body: [.json(.named("ImageRequest"))],
            success: .bodies([.json(.named("ImageList"))]), errors: [403, 404, 429]),
        "GET /v1/models": Operation(
            summary: "The models that the key may use", success: .bodies([.json(.named("ModelList"))])),
        "GET /v1/models/{id...}": Operation(
            summary: "One of the models that the key may use",
            parameters: [.path("id", .string(1...400), "A configured name. It may contain `/` and `:`.")],
            success: .bodies([.json(.named("ModelObject"))]), errors: [404]),
    ]

    private static let session = Parameter(
        name: SessionHeader.name, place: .header,
        // The lower bound leaves out what nginx takes for no value.
        schema: .string(1...SessionHeader.longest, pattern: "^[!-~]+$"),
        description: "Groups the calls of a key into a session.")
    private static let version = Parameter(
        name: "anthropic-version", place: .header, schema: .string(1...128, pattern: "^[A-Za-z0-9._-]+$"),
        description: "Reaches models behind the provider `anthropic`.")
    private static let betas = Parameter(
        name: "anthropic-beta", place: .header, schema: .string(1...128, pattern: "^[A-Za-z0-9._-]+$"),
        description: "Names of betas, with commas between them; they reach models behind the provider `anthropic`.")
}
