internal import Core

/// What a model answered to InvokeModel.
struct InvocationAnswer: Sendable {
    let body: JSONObject
    /// By the service's own count (`X-Amzn-Bedrock-Input-Token-Count`); nil when it tells none.
    let inputTokens: Int?

    private static let largestCount = 1_000_000_000_000

    init(body: JSONObject, headers: HeaderFields) {
        self.body = body
        inputTokens = Self.count(headers["X-Amzn-Bedrock-Input-Token-Count"].flatMap { Int($0) })
    }

    /// The same, where the model tells the count itself.
    func inputTokens(or member: String) -> Int? { inputTokens ?? Self.count(body[member]?.int) }

    private static func count(_ number: Int?) -> Int? { number.map { min(max($0, 0), largestCount) } }

    static func unreadable(_ cause: String) -> GatewayError {
        JSONAnswer.unreadable("InvokeModel: \(cause)")
    }
}
