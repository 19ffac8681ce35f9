internal import Core

/// What a bot says of itself. Nothing of the gateway's inside is in it.
enum BotText {
    static func thinking(_ language: BotLanguage) -> String {
        language == .chinese ? "正在思考…" : "Thinking…"
    }

    /// A card cannot be empty.
    static func nothing(_ language: BotLanguage) -> String {
        language == .chinese ? "(模型没有回答。)" : "(The model gave no answer.)"
    }

    static func newSession(_ language: BotLanguage) -> String {
        language == .chinese ? "已开始新的会话。" : "A new session has begun."
    }

    static func help(_ language: BotLanguage, model: String) -> String {
        switch language {
        case .chinese:
            """
            **命令**
            `/new` 或 `/reset`:开始新的会话
            `/model`:列出可用的模型;`/model 名称`:切换模型
            `/help`:显示本说明

            当前模型:`\(model)`。在群里请 @ 我。
            """
        case .english:
            """
            **Commands**
            `/new` or `/reset`: begin a new session
            `/model`: list the models; `/model NAME`: change to another one
            `/help`: show this

            The model is `\(model)`. In a group, mention me.
            """
        }
    }

    static func models(_ language: BotLanguage, _ names: [String], current: String) -> String {
        let list = names.map { "- `\($0)`" + ($0 == current ? " ←" : "") }.joined(separator: "\n")
        return (language == .chinese ? "可用的模型:\n" : "The models:\n") + list
    }

    static func modelChanged(_ language: BotLanguage, _ name: String) -> String {
        language == .chinese ? "已切换到模型 `\(name)`。" : "The model is now `\(name)`."
    }

    static func modelUnknown(_ language: BotLanguage) -> String {
        language == .chinese
            ? "没有这个模型,或无权使用。`/model` 可列出可用的模型。"
            : "There is no such model, or it may not be used here. `/model` lists those that may."
    }

    static func unsupported(_ language: BotLanguage) -> String {
        language == .chinese
            ? "抱歉,我只能处理文字、图片和文件。" : "Sorry, I can only read text, images and files."
    }

    static func noImages(_ language: BotLanguage) -> String {
        language == .chinese
            ? "抱歉,当前模型不能查看图片。`/model` 可切换模型。"
            : "Sorry, this model takes no images. `/model` changes to another one."
    }

    static func unreadableFile(_ language: BotLanguage) -> String {
        language == .chinese
            ? "抱歉,无法读取这个文件:支持不超过 5 MB 的图片、PDF、Office 文档和文本。"
            : "Sorry, I cannot read this file. I take images, PDF, Office documents and text of up to 5 MB."
    }

    static func missingFile(_ language: BotLanguage) -> String {
        language == .chinese
            ? "抱歉,平台没有提供这个文件,请稍后再试或联系管理员。"
            : "Sorry, the platform does not give me this file. Try again later, or tell the bot's administrator."
    }

    /// In place of an answer that the platform refuses to show.
    static func unshowable(_ language: BotLanguage) -> String {
        language == .chinese ? "抱歉,无法显示这个回答。" : "Sorry, this answer cannot be shown."
    }

    /// What a failed call means to whoever asked.
    static func failure(_ language: BotLanguage, _ error: GatewayError) -> String {
        let isChinese = language == .chinese
        switch error.code {
        case "insufficient_quota":
            return isChinese
                ? "额度已用完,请联系管理员。" : "The quota of this bot is used up. Please tell its administrator."
        case "rate_limit_exceeded":
            return isChinese ? "请求太频繁,请稍后再试。" : "Too many requests at the moment. Please try again shortly."
        case "invalid_api_key", "model_not_allowed", "model_not_found", "model_misconfigured":
            return isChinese
                ? "机器人的配置有误,请联系管理员。" : "This bot is not configured correctly. Please tell its administrator."
        case "context_length_exceeded":
            return isChinese
                ? "对话太长了。用 `/new` 开始新的会话。" : "The conversation is too long. Begin a new session with `/new`."
        default:
            if (400..<500).contains(error.status) {
                return isChinese
                    ? "模型无法处理这条消息。" : "The model cannot take this message."
            }
            return isChinese ? "模型暂时出错,请稍后再试。" : "The model failed. Please try again shortly."
        }
    }
}
