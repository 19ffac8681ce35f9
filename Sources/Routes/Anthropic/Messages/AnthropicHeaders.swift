internal import Core
internal import Providers

/// What a call's header fields say in Anthropic's dialect.
struct AnthropicHeaders: Sendable, Equatable {
    var version: String?
    var betas: [String] = []

    init() {}

    init(_ headers: HeaderFields) throws(GatewayError) {
        if let text = headers["anthropic-version"], !text.isEmpty {
            guard AnthropicBetas.isName(text) else {
                throw .invalid(
                    "anthropic-version: is no version; send 2023-06-01 or leave it out.", param: "anthropic-version")
            }
            version = text
        }
        if let text = headers["anthropic-beta"] {
            guard let names = AnthropicBetas.names(in: text) else {
                throw .invalid(
                    "anthropic-beta: must be names such as context-1m-2025-08-07, with commas between them.",
                    param: "anthropic-beta")
            }
            betas = names
        }
    }

    /// The `Session-Id` header, else the one in which Claude Code names its session.
    static func session(_ headers: HeaderFields) throws(GatewayError) -> String? {
        if let session = try SessionHeader.read(headers) { return session }
        return try SessionHeader.read(headers, name: "X-Claude-Code-Session-Id")
    }
}
