/// One input's vector.
package enum Embedding: Sendable, Equatable {
    /// Finite numbers.
    case floats([Float])
    /// As a provider wrote it that was asked for ``EmbeddingRequest/Encoding/base64``.
    case base64(String)
}
