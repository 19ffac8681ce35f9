internal import Core

/// What the platform answered to one call.
struct FeishuAnswer {
    /// The token is not valid (any more): https://open.feishu.cn/document/server-docs/api-call-guide/generic-error-code
    private static let tokenCodes: Set<Int> = [99_991_661, 99_991_663, 99_991_664, 99_991_668]
    private static let rateCode = 99_991_400
    /// Too much in one chat, of all its bots together, or for one user.
    private static let chatRateCode = 230_020
    private static let longestPause = 60

    let status: Int
    let body: JSONObject
    let code: Int
    private let headers: HeaderFields

    /// Nil when it is no JSON object.
    init?(status: Int, headers: HeaderFields, body: [UInt8]) {
        guard let object = (try? JSONParser.parse(body))?.object else { return nil }
        self.status = status
        self.headers = headers
        self.body = object
        code = object["code"]?.int ?? (status < 400 ? 0 : status)
    }

    var isFine: Bool { code == 0 && status < 400 }
    var isTokenRefused: Bool { Self.tokenCodes.contains(code) }
    var isRateLimited: Bool { status == 429 || code == Self.rateCode }
    /// Passes, and is no matter of the app's own limits.
    var isTrouble: Bool { status >= 500 || code == Self.chatRateCode }

    /// How long the platform wants no calls, if it says so.
    var pause: Duration? {
        let text = headers["x-ogw-ratelimit-reset"] ?? headers["Retry-After"]
        return text.flatMap { Int($0) }.map { .seconds(min(max($0, 1), Self.longestPause)) }
    }

    var error: FeishuError {
        .refused(code: code, message: String((body["msg"]?.string ?? "").prefix(300)))
    }
}
