/// The language that a bot speaks of itself.
enum BotLanguage: Sendable {
    case english, chinese

    /// That of a question: Chinese as soon as it has a Chinese character; that of the platform's host when there is no text.
    init(of question: String, host: String) {
        let isIdeograph = { (scalar: Unicode.Scalar) in
            (0x3400...0x9fff).contains(scalar.value) || (0x20000...0x3ffff).contains(scalar.value)
        }
        if question.unicodeScalars.contains(where: isIdeograph) {
            self = .chinese
        } else if question.contains(where: \.isLetter) {
            self = .english
        } else {
            self = host.contains("larksuite") ? .english : .chinese
        }
    }
}
