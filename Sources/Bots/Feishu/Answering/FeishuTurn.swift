internal import Core

/// One message on its way to its answer.
struct FeishuTurn: Sendable {
    let event: BotEvent
    let message: FeishuMessage
    let config: FeishuConfig
    let client: FeishuClient
    let writer: CardWriter
    /// As a person reads it, without the bot's name.
    let text: String

    var language: BotLanguage { BotLanguage(of: text, host: config.baseURL) }
}
