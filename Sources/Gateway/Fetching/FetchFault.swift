internal import Core

/// Why a request's file could not be had.
enum FetchFault: Error, Equatable {
    case fetch(FetchError)
    /// The bytes are no image, or no document.
    case wrongType

    /// 400, for the client. What is not allowed, not there and not answering reads the same, so that nobody learns of
    /// hosts and ports behind the gateway.
    func gatewayError(_ address: MediaAddress, at place: String) -> GatewayError {
        let limit = FetchPolicy.largestFile / 1024 / 1024
        let problem =
            switch self {
            case .fetch(.cancelled): nil as String?
            case .fetch(.tooLarge): "leads to a file of more than \(limit) MiB. Send a smaller one."
            case .fetch(.tooMuch):
                """
                and the request's other addresses lead to more than \(FetchPolicy.mostBytes / 1024 / 1024) MiB together. \
                Send fewer or smaller files.
                """
            case .fetch(.refused), .fetch(.failed), .fetch(.timedOut):
                """
                could not be fetched. It must be a public http or https URL that answers with the file within \
                \(FetchPolicy.timeLimit.components.seconds) s; or send the file itself, as base64.
                """
            case .wrongType where address.kind == .image:
                "leads to no PNG, JPEG, GIF or WebP image. Send one of these."
            case .wrongType:
                """
                leads to no PDF, and to no text (UTF-8) that its server declares as text/plain, text/markdown, text/csv, \
                text/html or application/json. Send one of these, or the file itself, as base64.
                """
            }
        guard let problem else { return .cancelled }
        return .invalid("\(place) \(problem)", param: place, code: "url_not_fetched")
    }

    var counter: MetricCounter {
        switch self {
        case .fetch(.refused): .fetchesRefused
        case .fetch(.failed): .fetchesFailed
        case .fetch(.timedOut): .fetchesTimedOut
        case .fetch(.tooLarge), .fetch(.tooMuch): .fetchesTooLarge
        case .fetch(.cancelled): .fetchesCancelled
        case .wrongType: .fetchesWrongType
        }
    }
}

extension GatewayError {
    static func fetchingIsOff(_ place: String) -> GatewayError {
        .invalid(
            "\(place) is a URL, and this gateway fetches none for this model. Send the file itself, as base64.",
            param: place, code: "url_not_fetched")
    }

    static func tooManyAddresses(_ count: Int) -> GatewayError {
        .invalid(
            "messages name \(count) files by their URL; at most \(FetchPolicy.mostFiles) may. Leave some out, or send the "
                + "files themselves, as base64.",
            param: "messages", code: "url_not_fetched")
    }
}
