package import Core

/// A bot's configuration, as ``WebhookRecord/config`` has it.
package struct FeishuConfig: Sendable, Equatable {
    package let appID: String
    package let appSecret: String
    /// The key that the bot's calls are made with.
    package let apiKey: String
    /// The name of the model that answers.
    package let model: String
    /// Nil: the platform's token is not looked at.
    package let verificationToken: String?
    /// Nil: events come in clear and without a signature.
    package let encryptKey: String?
    /// Without a slash at its end.
    package let baseURL: String

    package static let defaultBaseURL = "https://open.feishu.cn"

    package init(_ config: JSONObject) {
        let text = { (name: String) in config.present(name)?.string.flatMap { $0.isEmpty ? nil : $0 } }
        appID = text("appId") ?? ""
        appSecret = text("appSecret") ?? ""
        apiKey = text("apiKey") ?? ""
        model = text("modelId") ?? ""
        verificationToken = text("verificationToken")
        encryptKey = text("encryptKey")
        var base = text("baseUrl") ?? Self.defaultBaseURL
        while base.hasSuffix("/") { base.removeLast() }
        baseURL = base
    }

    /// Whether anything proves that an event comes from the platform.
    package var isVerified: Bool { verificationToken != nil || encryptKey != nil }
}
