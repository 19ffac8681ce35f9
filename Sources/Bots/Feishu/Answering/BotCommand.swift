/// What a user tells the bot itself, and not the model.
enum BotCommand: Equatable {
    case newSession
    case help
    case listModels
    case changeModel(String)

    /// Nil for a text that is for the model, such as one that begins with a path.
    init?(_ text: String) {
        let words = text.split(whereSeparator: \.isWhitespace)
        guard let first = words.first, words.count <= 2 else { return nil }
        switch (first.lowercased(), words.count) {
        case ("/new", 1), ("/reset", 1): self = .newSession
        case ("/help", 1): self = .help
        case ("/model", 1): self = .listModels
        case ("/model", 2): self = .changeModel(String(words[1]))
        default: return nil
        }
    }
}
