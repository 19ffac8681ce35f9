internal import Core

/// A member of a chat request that cannot be used: where it is, and what would be right.
///
/// Thrown with the path as far as the thrower knows it; each level that it passes on its way out puts its own part in
/// front, so that a request without faults never builds a path.
struct ChatFieldError: Error, Equatable {
    /// As OpenAI writes it: `messages[2].content[0].image_url.url`. Empty while the thrower speaks of itself.
    private(set) var path: String
    /// Reads on after the path: `must be a string, not a number`.
    let problem: String
    let code: String

    init(_ path: String, _ problem: String, code: String = "invalid_value") {
        self.path = path
        self.problem = problem
        self.code = code
    }

    /// `need` says what should stand there.
    static func missing(_ path: String, _ need: String) -> ChatFieldError {
        ChatFieldError(path, "is missing; it must be \(need)", code: "missing_required_parameter")
    }

    static func wrongType(_ path: String, _ found: JSONValue, _ need: String) -> ChatFieldError {
        ChatFieldError(path, "must be \(need), not \(found.kind)", code: "invalid_type")
    }

    /// The same fault, seen from the level that holds `outer`.
    func under(_ outer: String) -> ChatFieldError {
        var error = self
        error.path = path.isEmpty ? outer : path.hasPrefix("[") ? outer + path : "\(outer).\(path)"
        return error
    }

    var gatewayError: GatewayError { .invalid("\(path) \(problem).", param: path, code: code) }

    /// A value of the client's as an error may repeat it: short, in quotes.
    static func quoted(_ text: String) -> String {
        let limit = 64
        return text.count <= limit ? "\"\(text)\"" : "\"\(text.prefix(limit))…\""
    }
}

/// Runs `body`, and puts `path` in front of the place that an error of its names.
func inside<Result>(
    _ path: @autoclosure () -> String, _ body: () throws(ChatFieldError) -> Result
) throws(ChatFieldError) -> Result {
    do throws(ChatFieldError) {
        return try body()
    } catch {
        throw error.under(path())
    }
}
