internal import Core

extension GatewayError {
    /// The same error with messages counted as the client does, to whom `system` is none of them. Places of URLs are
    /// taken from the client's own body.
    func withoutSystemMessage(of request: ChatRequest) -> GatewayError {
        guard request.messages.first?.role == .system, request.anthropic?.body.present("system") != nil,
            let param, !request.addressPlaces.values.contains(param), let shifted = Self.shifted(param),
            message.hasPrefix(param)
        else { return self }
        return GatewayError(
            status: status, type: type, code: code, message: shifted + message.dropFirst(param.count), param: shifted,
            retryAfterSeconds: retryAfterSeconds, windows: windows, cause: cause, providerText: providerText)
    }

    /// `messages[3].content` -> `messages[2].content`; nil for another path.
    private static func shifted(_ path: String) -> String? {
        let head = "messages["
        guard path.hasPrefix(head), let end = path.firstIndex(of: "]"),
            let index = Int(path.dropFirst(head.count).prefix(upTo: end)), index >= 0
        else { return nil }
        let rest = path[path.index(after: end)...]
        return index == 0 ? "system" + rest : "\(head)\(index - 1)]\(rest)"
    }
}
