internal import Core

/// An error as Bedrock reports it, by HTTP status or within a stream, before it is translated.
struct BedrockFault: Sendable, Equatable {
    /// Such as `ThrottlingException`; nil when nothing names it.
    var type: String?
    /// Of the HTTP answer; nil within a stream.
    var status: Int?
    var message: String
    var retryAfterSeconds: Int?
    /// AWS's id of the call, for the log.
    var requestID: String?

    init(type: String?, status: Int?, message: String, retryAfterSeconds: Int? = nil, requestID: String? = nil) {
        self.type = type
        self.status = status
        self.message = message
        self.retryAfterSeconds = retryAfterSeconds
        self.requestID = requestID
    }

    /// The type stands in `x-amzn-errortype` or in the body's `__type` or `code`, the message in `message` or
    /// `Message`; the body may also be empty or no JSON at all (conformance E1, E4).
    init(status: Int, headers: HeaderFields, body: [UInt8]) {
        let object = (try? JSONParser.parse(body))?.object ?? [:]
        let named = headers["x-amzn-errortype"] ?? object["__type"]?.string ?? object["code"]?.string
        type = named.flatMap(Self.plainType)
        self.status = status
        message =
            object.present("message")?.string ?? object.present("Message")?.string
            ?? headers["x-amzn-errormessage"] ?? ""
        retryAfterSeconds = headers["Retry-After"].flatMap { Int($0) }.map { min(max($0, 0), 3600) }
        requestID = headers["x-amzn-requestid"]
    }

    /// A message of type `exception`: modelled errors.
    init(exception: EventStreamMessage) {
        let object = (try? JSONParser.parse(exception.bytes, in: exception.payload))?.object ?? [:]
        self.init(
            type: exception.string(":exception-type").flatMap(Self.plainType), status: nil,
            message: object.present("message")?.string ?? object.present("Message")?.string ?? "")
    }

    /// A message of type `error`: what the service did not foresee.
    init(error: EventStreamMessage) {
        self.init(
            type: error.string(":error-code").flatMap(Self.plainType), status: nil,
            message: error.string(":error-message") ?? "")
    }

    /// `ns#ThrottlingException:http://…` and `throttlingException` -> `ThrottlingException`
    private static func plainType(_ text: String) -> String? {
        let bare = text.prefix { $0 != ":" }
        let name = bare.lastIndex(of: "#").map { bare[bare.index(after: $0)...] } ?? bare
        guard let first = name.first else { return nil }
        return first.uppercased() + name.dropFirst()
    }

    /// For the log.
    var cause: String {
        var text = "Bedrock \(BedrockScrubber.scrub(type ?? "error"))"
        if let status { text += " (HTTP \(status))" }
        if let requestID { text += ", request \(BedrockScrubber.scrub(requestID))" }
        return text
    }

    /// For the log at level debug.
    var providerText: String? {
        // After the first line, a refused signature's message repeats the request's header fields.
        let said = kind == .credentials ? String(message.prefix { !$0.isNewline }) : message
        return said.isEmpty ? nil : BedrockScrubber.scrub(said)
    }
}
