internal import Core

/// Carries a provider's reasoning block through a client: a reasoning item's `encrypted_content` is the block with its
/// signature, in a form of the gateway's own. The provider, not the gateway, checks that nobody changed it.
enum EncryptedReasoning {
    private static let mark = "brook-1."

    static func text(_ block: ReasoningBlock) -> String {
        var bytes: [UInt8] = []
        bytes.appendThinkingBlock(block)
        var text = Array(mark.utf8)
        Base64Text.append(bytes, to: &text)
        return String(decoding: text, as: UTF8.self)
    }

    /// The block of a reasoning item. Nil when there is nothing to give back: no text, and `encrypted_content` that is
    /// missing or of another gateway or vendor.
    static func read(_ item: ChatFields) throws(ChatFieldError) -> ReasoningBlock? {
        if let text = try item.string("encrypted_content"), text.hasPrefix(mark) {
            let base64 = String(text.dropFirst(mark.count))
            guard let bytes = Base64Text.decode(base64), let object = (try? JSONParser.parse(bytes))?.object,
                let type = object["type"]?.string,
                let block = try ContentParser.reasoning(type, ChatFields(object))
            else {
                throw ChatFieldError("encrypted_content", "was changed; send it back as it came, or leave the item out")
            }
            return block
        }
        var summary = ""
        for (index, value) in (try item.array("summary") ?? []).enumerated() {
            summary += try inside("summary[\(index)]") { () throws(ChatFieldError) in
                try ChatFields(value, "an object with text").string("text") ?? ""
            }
        }
        return summary.isEmpty ? nil : .thinking(text: summary, signature: nil)
    }
}
