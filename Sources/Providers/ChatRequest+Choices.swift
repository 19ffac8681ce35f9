internal import Core

extension ChatRequest {
    /// 400 when more than one answer is asked for, of a provider that gives one. To give one silently would be a lie.
    func requireOneChoice() throws(GatewayError) {
        guard choiceCount == 1 else {
            throw .invalid("This model gives one answer a call: leave 'n' out, or set it to 1.", param: "n")
        }
    }
}
