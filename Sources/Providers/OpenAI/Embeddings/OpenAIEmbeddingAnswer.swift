internal import Core

/// Reads `data` of an upstream's embeddings.
enum OpenAIEmbeddingAnswer {
    /// One vector for each input, placed by `index` where the upstream tells it.
    static func vectors(_ document: JSONObject, count: Int) throws(GatewayError) -> [Embedding] {
        guard let rows = document["data"]?.array, rows.count == count else {
            throw unreadable("\(document["data"]?.array?.count ?? 0) vectors for \(count) inputs")
        }
        var vectors = [Embedding?](repeating: nil, count: count)
        for (place, row) in rows.enumerated() {
            let index = row.object?.present("index")?.int ?? place
            guard vectors.indices.contains(index), vectors[index] == nil else {
                throw unreadable("an index that is out of range or comes twice")
            }
            vectors[index] = try vector(row.object?["embedding"])
        }
        return vectors.compactMap { $0 }
    }

    private static func vector(_ value: JSONValue?) throws(GatewayError) -> Embedding {
        switch value {
        case .string(let text)? where !text.isEmpty: return .base64(text)
        case let value?:
            guard let floats = EmbeddingVector.read(value) else { throw unreadable("a broken vector") }
            return .floats(floats)
        case nil: throw unreadable("a row without a vector")
        }
    }

    private static func unreadable(_ cause: String) -> GatewayError {
        .upstream("The provider's answer cannot be read.", cause: cause)
    }
}
