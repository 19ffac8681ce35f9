/// What is the same in all that one call's answer says of itself.
struct MessageIdentity: Sendable, Equatable {
    let id: String
    /// The name that the client asked for.
    let model: String

    init(requestID: String, model: String) {
        id = "msg_" + requestID
        self.model = model
    }
}
