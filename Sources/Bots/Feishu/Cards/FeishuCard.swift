internal import Core

/// A card as the platform takes it (JSON 2.0, whose Markdown has tables, headings and code blocks).
enum FeishuCard {
    /// The platform refuses cards of more than 30 KB; from here on an answer goes on in a further card.
    static let largest = 28 * 1024

    /// `update_multi` lets the card be edited.
    static func content(markdown: String) -> String {
        let card: JSONValue = [
            "schema": "2.0", "config": ["update_multi": true],
            "body": ["elements": [["tag": "markdown", "content": .string(markdown)]]],
        ]
        return card.text
    }
}
