internal import Core

/// Vectors in JSON.
enum EmbeddingVector {
    /// Nil unless the value is an array of numbers that 32 bits hold, with at least one.
    static func read(_ value: JSONValue) -> [Float]? {
        guard case .array(let elements) = value, !elements.isEmpty else { return nil }
        var vector: [Float] = []
        vector.reserveCapacity(elements.count)
        let span = elements.span
        for index in span.indices {
            guard case .number(let number) = span[index], let float = Float(number.text), float.isFinite else {
                return nil
            }
            vector.append(float)
        }
        return vector
    }
}
