internal import Core

/// Writes OpenAI's list of embeddings. Pure, so that many vectors can be written on a helper thread.
struct EmbeddingRenderer: Sendable {
    /// The name that the client asked for.
    let model: String
    let encoding: EmbeddingRequest.Encoding

    func render(_ embeddings: [Embedding], usage: TokenUsage) throws(GatewayError) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(ascii: #"{"object":"list","data":["#)
        for (index, embedding) in embeddings.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes.append(ascii: #"{"object":"embedding","index":"#)
            bytes.append(decimal: index)
            bytes.append(ascii: #","embedding":"#)
            try append(embedding, to: &bytes)
            bytes.append(UInt8(ascii: "}"))
        }
        bytes.append(ascii: #"],"model":"#)
        bytes.appendJSON(model)
        bytes.append(ascii: #","usage":{"prompt_tokens":"#)
        bytes.append(decimal: usage.prompt)
        bytes.append(ascii: #","total_tokens":"#)
        bytes.append(decimal: usage.prompt)
        bytes.append(ascii: "}}")
        return bytes
    }

    private func append(_ embedding: Embedding, to bytes: inout [UInt8]) throws(GatewayError) {
        switch (embedding, encoding) {
        case (.floats(let vector), .float):
            bytes.append(UInt8(ascii: "["))
            for (index, number) in vector.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                // The shortest decimal that reads back as the same number; a whole one loses its fraction.
                bytes.append(contentsOf: (JSONNumber(wholeOrShortest: number)).text.utf8)
            }
            bytes.append(UInt8(ascii: "]"))
        case (.floats(let vector), .base64):
            bytes.append(UInt8(ascii: "\""))
            Base64Text.append(vector, to: &bytes)
            bytes.append(UInt8(ascii: "\""))
        case (.base64(let text), .base64): bytes.appendJSON(text)
        case (.base64, .float):
            throw .upstream("The provider's answer cannot be read.", cause: "base64 in the place of numbers")
        }
    }
}

extension JSONNumber {
    /// `number` is finite.
    fileprivate init(wholeOrShortest number: Float) {
        let isWhole = number == number.rounded() && abs(number) < 1e6
        self.init(unchecked: isWhole ? String(Int(number)) : "\(number)")
    }
}
