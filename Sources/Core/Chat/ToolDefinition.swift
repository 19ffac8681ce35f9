/// A function that the model may call.
package struct ToolDefinition: Sendable, Equatable {
    package var name: String
    package var description: String?
    /// The JSON schema of the arguments, whole; nil when the client gave none.
    package var parameters: JSONObject?
    package var strict: Bool?
    package var cacheControl: JSONObject?

    package init(
        name: String, description: String? = nil, parameters: JSONObject? = nil, strict: Bool? = nil,
        cacheControl: JSONObject? = nil
    ) {
        self.name = name
        self.description = description
        self.parameters = parameters
        self.strict = strict
        self.cacheControl = cacheControl
    }
}

/// Whether and what the model must call.
package enum ToolChoice: Sendable, Equatable {
    case auto
    case none
    /// Some tool.
    case required
    case named(String)
}
