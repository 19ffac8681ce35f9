internal import Core

/// What the upstream's names of models tell: the dialect itself has no word for what a model is for.
enum OpenAIModelName {
    /// Families of models that make images, by the beginning of their names.
    private static let imageFamilies = ["dall-e", "gpt-image", "chatgpt-image", "imagen"]

    /// By the part after the last slash, because routers of models put the vendor in front: `openai/gpt-image-1`.
    static func purpose(_ name: String) -> ModelPurpose {
        let last = name.split(separator: "/").last.map { $0.lowercased() } ?? ""
        if last.contains("embed") { return .embeddings }
        return imageFamilies.contains { last.hasPrefix($0) } ? .images : .chat
    }
}
