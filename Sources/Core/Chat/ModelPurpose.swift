/// What a configured model is for: which kind of call its provider takes for it.
package enum ModelPurpose: String, Sendable, CaseIterable {
    case chat
    case embeddings
    case images
}
