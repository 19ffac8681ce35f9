package import EventLoop

/// A kind of upstream that answers chat calls: one value a process and kind, without state of any one call.
@LoopActor
package protocol ChatProvider: Sendable {
    /// The name in a model's `provider` field.
    nonisolated var name: String { get }
    /// One sentence for the list of providers.
    nonisolated var summary: String { get }
    /// The members of a model's `config` that the provider reads, for forms, masking and checks.
    nonisolated var fields: [ConfigField] { get }

    /// Finds what is wrong with a configuration before it is saved: 400 naming `config.<member>`.
    nonisolated func check(_ config: JSONObject) throws(GatewayError)

    /// The most output tokens that a configured model can give, where the provider knows its models; sizes a hold.
    nonisolated func maximumOutput(_ config: JSONObject) -> Int?

    /// What a model of that name and configuration is for, as far as its upstream's name tells.
    nonisolated func purpose(of model: String, config: JSONObject) -> ModelPurpose

    /// Whether calls in Anthropic's dialect are passed through, whatever they hold (``ChatRequest/anthropic``).
    nonisolated var speaksAnthropic: Bool { get }

    /// Whether such files go to the provider by their URL, which it fetches itself. Others it is given by value.
    nonisolated func takesAddresses(of kind: MediaAddress.Kind, in request: ChatRequest) -> Bool

    /// The tokens of a prompt as the provider itself counts them, without making the call; nil where it cannot tell.
    func countTokens(_ request: ChatRequest, on target: ProviderTarget) async throws(GatewayError) -> Int?

    /// Where calls to a configured model can go, at least one place, in the operator's order. Asked for every call.
    nonisolated func endpoints(_ config: JSONObject) -> [ProviderEndpoint]

    /// Starts the call and waits until its answer begins well: the provider has sent a success status, and its body
    /// is about to be read. A refusal is thrown with the status and code of conformance.md 5.10.
    func open(_ request: ChatRequest, on target: ProviderTarget) async throws(GatewayError) -> any ChatStream
}

extension ChatProvider {
    package nonisolated func maximumOutput(_ config: JSONObject) -> Int? { nil }

    package nonisolated func purpose(of model: String, config: JSONObject) -> ModelPurpose { .chat }

    package nonisolated var speaksAnthropic: Bool { false }

    package nonisolated func takesAddresses(of kind: MediaAddress.Kind, in request: ChatRequest) -> Bool { true }

    package func countTokens(_ request: ChatRequest, on target: ProviderTarget) async throws(GatewayError) -> Int? {
        nil
    }

    package nonisolated func endpoints(_ config: JSONObject) -> [ProviderEndpoint] { [ProviderEndpoint()] }
}

/// The answer of one call as it arrives.
@LoopActor
package protocol ChatStream: AnyObject {
    /// The next events. Nil once, after the provider ended its answer as its protocol demands; an end that comes
    /// earlier is thrown as an error with code `stream_truncated`. After a throw or nil it is not called again.
    func next() async throws(GatewayError) -> ChatDelta?

    /// Aborts the call and closes the provider's connection at once. Without effect after the end.
    func cancel()
}

/// Where a call goes: a model's configuration, and what it may use.
package struct ProviderTarget: Sendable {
    /// The configured model's name; what the client sees.
    package let model: String
    /// Clear text; never logged.
    package let config: JSONObject
    /// Brook's id of the call.
    package let requestID: String
    /// The most output tokens to ask for; nil leaves it to the provider.
    package let maxTokens: Int?
    /// One of ``ChatProvider/endpoints(_:)``; nil: the first.
    package let endpoint: ProviderEndpoint?
    /// What is left of the call's time; nil: all of it. ``Deadlines/within(_:)`` applies it.
    package let timeLimit: Duration?

    package init(
        model: String, config: JSONObject, requestID: String, maxTokens: Int?, endpoint: ProviderEndpoint? = nil,
        timeLimit: Duration? = nil
    ) {
        self.model = model
        self.config = config
        self.requestID = requestID
        self.maxTokens = maxTokens
        self.endpoint = endpoint
        self.timeLimit = timeLimit
    }
}

/// One member of a provider's configuration.
package struct ConfigField: Sendable, Equatable {
    package enum Kind: String, Sendable {
        case string, integer, number, boolean, object, array
    }

    package let name: String
    package let kind: Kind
    package let isRequired: Bool
    /// Stored encrypted and masked in every answer. For an object or array: every string within.
    package let isSecret: Bool
    package let summary: String

    package init(_ name: String, _ kind: Kind, required: Bool = false, secret: Bool = false, _ summary: String) {
        self.name = name
        self.kind = kind
        self.isRequired = required
        self.isSecret = secret
        self.summary = summary
    }
}
