package import Core
internal import EventLoop

/// Answers from the gateway itself, without any upstream: for trying a site out, and for tests of timing.
///
/// The answer is `config.reply`, or else the text of the last user message, in `config.chunks` pieces. Words separated
/// by ASCII white space count as tokens, in the prompt as in the answer; a limit of output tokens cuts the answer.
package struct EchoProvider: ChatProvider {
    package nonisolated init() {}

    package nonisolated var name: String { "echo" }

    package nonisolated var summary: String {
        "Answers from the gateway itself with a fixed text or the user's own words; for trying out and tests."
    }

    package nonisolated var fields: [ConfigField] {
        [
            ConfigField("reply", .string, "The answer; without it the last user message is repeated."),
            ConfigField("chunks", .integer, "Pieces in which an answer is streamed; one a word when absent."),
            ConfigField("interval_ms", .integer, "Milliseconds between two pieces; 0 when absent."),
            ConfigField("first_ms", .integer, "Milliseconds before the first piece; 0 when absent."),
        ]
    }

    package nonisolated func check(_ config: JSONObject) throws(GatewayError) {
        try ConfigSchema.check(config, against: GatewayFields.added(to: fields))
        _ = try EchoConfig(config)
    }

    package func open(
        _ request: ChatRequest, on target: ProviderTarget
    ) async throws(GatewayError) -> any ChatStream {
        try request.requireOneChoice()
        let config = try EchoConfig(target.config)
        let limit = target.maxTokens ?? request.maxTokens
        let answer = await HelperPool.shared.run(when: request.isLarge) { () throws(Never) in
            EchoAnswer(to: request, config: config, maxTokens: limit)
        }
        return EchoStream(answer, config: config)
    }
}
