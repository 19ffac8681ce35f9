/// One attempt to have a call answered: who was asked, and what came of it.
package struct AttemptRecord: Sendable, Equatable {
    /// The configured name.
    package var model: String
    package var provider: String
    package var region: String?
    /// HTTP status: 200 once an answer began, else the gateway's own for what went wrong.
    package var status: Int
    /// The error's code, also of an answer that broke off; nil when all went well.
    package var code: String?
    /// Milliseconds from the attempt's start to the first piece of its answer, or to its failure.
    package var latency: Int

    package init(
        model: String, provider: String, region: String? = nil, status: Int, code: String? = nil, latency: Int
    ) {
        self.model = model
        self.provider = provider
        self.region = region
        self.status = status
        self.code = code
        self.latency = latency
    }

    /// `{model, provider, region, status, code, latency}`; region and code may be null.
    package var json: JSONValue {
        [
            "model": .string(model), "provider": .string(provider), "region": .optional(region),
            "status": .int(status), "code": .optional(code), "latency": .int(latency),
        ]
    }
}
