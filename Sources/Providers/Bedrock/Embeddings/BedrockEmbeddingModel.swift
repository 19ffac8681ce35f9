internal import Core

/// The embedding models of Amazon Bedrock, by the shape of what they take.
/// https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-titan-embed-text.html and …-embed.html
enum BedrockEmbeddingModel: Sendable, Equatable {
    /// One text a call; 1,536 dimensions.
    case titanV1
    /// One text a call; 256, 512 or 1,024 dimensions.
    case titanV2
    /// One text a call; 256, 384 or 1,024 dimensions.
    case titanImage
    /// Up to 96 texts a call; 384 or 1,024 dimensions, fixed by the model.
    case cohereV3
    /// Up to 96 texts a call; 256, 512, 1,024 or 1,536 dimensions.
    case cohereV4

    /// What Cohere's models take as a purpose.
    static let inputTypes = ["search_document", "search_query", "classification", "clustering"]

    /// Nil for a model that makes no embeddings, or is not known.
    init?(_ foundationModel: String?) {
        guard let name = foundationModel else { return nil }
        if name.hasPrefix("amazon.titan-embed-text-v2") {
            self = .titanV2
        } else if name.hasPrefix("amazon.titan-embed-text-v1") || name.hasPrefix("amazon.titan-embed-g1-text") {
            self = .titanV1
        } else if name.hasPrefix("amazon.titan-embed-image") {
            self = .titanImage
        } else if name.hasPrefix("cohere.embed-v4") {
            self = .cohereV4
        } else if name.hasPrefix("cohere.embed-") {
            self = .cohereV3
        } else {
            return nil
        }
    }

    /// How many texts one call takes.
    var batch: Int {
        switch self {
        case .titanV1, .titanV2, .titanImage: 1
        case .cohereV3, .cohereV4: 96
        }
    }

    /// The dimensions that a call may ask for.
    private var dimensions: [Int] {
        switch self {
        case .titanV1, .cohereV3: []
        case .titanV2: [256, 512, 1024]
        case .titanImage: [256, 384, 1024]
        case .cohereV4: [256, 512, 1024, 1536]
        }
    }

    /// 400 naming `dimensions` when the model does not have that many.
    func check(dimensions wanted: Int?) throws(GatewayError) {
        guard let wanted, !dimensions.contains(wanted) else { return }
        let remedy =
            dimensions.isEmpty
            ? "has a fixed number of dimensions; leave it out"
            : "gives \(dimensions.map(String.init).joined(separator: ", ")) dimensions"
        throw .invalid("dimensions is \(wanted), but this model \(remedy).", param: "dimensions")
    }

    /// The body of a call.
    ///
    /// - Parameter texts: at most ``batch`` of them.
    func body(_ texts: [String], dimensions: Int?, inputType: String?) -> JSONObject {
        switch self {
        case .titanV1: return ["inputText": .string(texts.first ?? "")]
        case .titanV2:
            var body: JSONObject = ["inputText": .string(texts.first ?? ""), "embeddingTypes": ["float"]]
            if let dimensions { body["dimensions"] = .int(dimensions) }
            return body
        case .titanImage:
            var body: JSONObject = ["inputText": .string(texts.first ?? "")]
            if let dimensions { body["embeddingConfig"] = ["outputEmbeddingLength": .int(dimensions)] }
            return body
        case .cohereV3, .cohereV4:
            var body: JSONObject = [
                "texts": .array(texts.map { .string($0) }),
                "input_type": .string(inputType ?? Self.inputTypes[0]), "embedding_types": ["float"],
            ]
            if let dimensions { body["output_dimension"] = .int(dimensions) }
            return body
        }
    }
}
