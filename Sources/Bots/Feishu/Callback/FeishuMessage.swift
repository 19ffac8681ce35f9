package import Core

/// A message that a user sent where the bot can see it.
package struct FeishuMessage: Sendable, Equatable {
    package enum Kind: Sendable, Equatable {
        case text, post, image, file
        /// A sticker, a sound, a shared contact …
        case other
    }

    /// A file on the platform.
    package struct Resource: Sendable, Equatable {
        package enum Kind: String, Sendable {
            case image, file
        }

        package let kind: Kind
        package let key: String
        package let name: String
    }

    /// Somebody named in a text, where `key` stands.
    package struct Mention: Sendable, Equatable {
        package let key: String
        package let openID: String
        package let name: String
    }

    /// Bytes; the platform's are `@_user_1` and so on.
    static let longestMentionKey = 32

    package let eventID: String
    package let messageID: String
    package let chatID: String
    package let isGroup: Bool
    package let kind: Kind
    /// With the keys of mentions in it.
    package let text: String
    package let resources: [Resource]
    package let mentions: [Mention]
    /// Whether the platform itself says that the bot is mentioned; nil: it does not say.
    package let mentionsBot: Bool?
    package let isByUser: Bool
    package let sentAt: Timestamp

    /// Whether the bot may have to answer. Which of those mentioned is the bot, only the platform knows.
    var isForBot: Bool {
        isByUser && (!isGroup || mentionsBot ?? !mentions.isEmpty)
    }

    /// Whether a group's message mentions the bot.
    ///
    /// - Parameter bot: the bot's open id; nil when the platform did not tell, and then any mention counts.
    func isAddressed(to bot: String?) -> Bool {
        guard isGroup else { return true }
        if let mentionsBot { return mentionsBot }
        guard let bot else { return !mentions.isEmpty }
        return mentions.contains { $0.openID == bot }
    }

    /// The text as a person would read it, without the bot's own name.
    func readableText(bot: String?) -> String {
        guard !mentions.isEmpty else { return text.trimmingSpace() }
        var names: [Substring: String] = [:]
        for (index, mention) in mentions.enumerated() {
            let isBot = bot.map { $0 == mention.openID } ?? (index == 0)
            names[mention.key[...]] = isBot ? "" : "@\(mention.name)"
        }
        // In one pass, so that a name that looks like a key is not replaced in its turn.
        var result = ""
        var rest = text[...]
        while let start = rest.firstIndex(of: "@") {
            result += rest[..<start]
            rest = rest[start...]
            let run = rest.dropFirst().prefix(Self.longestMentionKey).prefix {
                $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_")
            }
            var key = rest[..<run.endIndex]
            while !key.isEmpty, names[key] == nil { key = key.dropLast() }
            result += names[key] ?? "@"
            rest = key.isEmpty ? rest.dropFirst() : rest[key.endIndex...]
        }
        return (result + rest).trimmingSpace()
    }
}
