internal import Core

/// The image models of Amazon Bedrock, by the shape of what they take.
/// https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-titan-image.html, …/nova/latest/userguide/
/// image-gen-req-resp-structure.html and …/model-parameters-stability-diffusion.html
enum BedrockImageModel: Sendable, Equatable {
    /// Sides of 320 to 4,096 pixels in steps of 16, up to 4,194,304 pixels.
    case novaCanvas
    /// Some sizes only.
    case titan
    /// Aspect ratios instead of sizes, one image a call: Stable Image Core and Ultra, Stable Diffusion 3.5.
    case stability

    /// Nil for a model that makes no images, or is not known.
    init?(_ foundationModel: String?) {
        guard let name = foundationModel else { return nil }
        if name.hasPrefix("amazon.nova-canvas") {
            self = .novaCanvas
        } else if name.hasPrefix("amazon.titan-image-generator") {
            self = .titan
        } else if name.hasPrefix("stability.stable-image-core") || name.hasPrefix("stability.stable-image-ultra")
            || name.hasPrefix("stability.sd3")
        {
            self = .stability
        } else {
            return nil
        }
    }

    /// How many images one call makes at most.
    var batch: Int {
        switch self {
        case .novaCanvas, .titan: 5
        case .stability: 1
        }
    }

    /// Characters of a prompt.
    private var longestPrompt: Int {
        switch self {
        case .novaCanvas: 1024
        case .titan: 512
        case .stability: 10_000
        }
    }

    /// The largest seed; each call gets one of its own, because Amazon's models make the same images of the same prompt
    /// otherwise.
    var largestSeed: Int {
        switch self {
        case .novaCanvas: 858_993_459
        case .titan: 2_147_483_646
        case .stability: 4_294_967_294
        }
    }

    private static let titanSizes = [
        (1024, 1024), (768, 768), (512, 512), (768, 1152), (384, 576), (1152, 768), (576, 384), (768, 1280),
        (384, 640), (1280, 768), (640, 384), (896, 1152), (448, 576), (1152, 896), (576, 448), (768, 1408),
        (384, 704), (1408, 768), (704, 384), (640, 1408), (320, 704), (1408, 640), (704, 320), (1152, 640),
        (1173, 640),
    ]

    /// 400 naming the member that the model does not take.
    func check(_ request: ImageRequest) throws(GatewayError) {
        guard request.format != .url else {
            throw .invalid(
                "response_format is \"url\", and this model gives images as data only. Ask for \"b64_json\".",
                param: "response_format")
        }
        guard request.prompt.unicodeScalars.count <= longestPrompt else {
            throw .invalid(
                "prompt has more than the \(longestPrompt) characters that this model takes.", param: "prompt")
        }
        guard let size = request.size else { return }
        switch self {
        case .novaCanvas:
            let sides = [size.width, size.height]
            let isAllowed =
                sides.allSatisfy { (320...4096).contains($0) && $0 % 16 == 0 }
                && size.width * size.height <= 4_194_304 && size.width <= size.height * 4
                && size.height <= size.width * 4
            guard !isAllowed else { return }
            throw .invalid(
                "size: this model takes sides of 320 to 4096 pixels in steps of 16, up to 4194304 pixels, neither side more"
                    + " than four times the other.", param: "size")
        case .titan:
            guard !Self.titanSizes.contains(where: { $0 == (size.width, size.height) }) else { return }
            let known = Self.titanSizes.map { "\($0.0)x\($0.1)" }.joined(separator: ", ")
            throw .invalid("size: this model takes \(known).", param: "size")
        case .stability: return
        }
    }

    /// The body of a call for `count` images, at most ``batch``.
    func body(_ request: ImageRequest, count: Int, seed: Int) -> JSONObject {
        switch self {
        case .novaCanvas, .titan:
            let size = request.size ?? ImageRequest.Size(width: 1024, height: 1024)
            return [
                "taskType": "TEXT_IMAGE", "textToImageParams": ["text": .string(request.prompt)],
                "imageGenerationConfig": [
                    "numberOfImages": .int(count), "width": .int(size.width), "height": .int(size.height),
                    "quality": request.quality == "hd" || request.quality == "high" ? "premium" : "standard",
                    "seed": .int(seed),
                ],
            ]
        case .stability:
            return [
                "prompt": .string(request.prompt), "aspect_ratio": .string(Self.aspectRatio(request.size)),
                "output_format": "png", "seed": .int(seed),
            ]
        }
    }

    private static let ratios = [(1, 1), (16, 9), (21, 9), (2, 3), (3, 2), (4, 5), (5, 4), (9, 16), (9, 21)]

    /// The ratio that is nearest to the size's, by quotient.
    static func aspectRatio(_ size: ImageRequest.Size?) -> String {
        guard let size else { return "1:1" }
        let wanted = Double(size.width) / Double(size.height)
        let distance = { (ratio: (Int, Int)) in
            let quotient = wanted * Double(ratio.1) / Double(ratio.0)
            return max(quotient, 1 / quotient)
        }
        let nearest = ratios.min { distance($0) < distance($1) } ?? (1, 1)
        return "\(nearest.0):\(nearest.1)"
    }
}
