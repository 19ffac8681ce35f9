internal import Core

/// What the search for a model that answers has come to.
struct Search {
    private let asked: ResolvedModel
    /// Models all of whose places are set aside, in their order: asked when nobody else has answered.
    private(set) var aside: [ResolvedModel] = []
    private var errorOfAsked: GatewayError?
    private var lastError: GatewayError?

    init(asked: ResolvedModel) { self.asked = asked }

    mutating func setAside(_ model: ResolvedModel) { aside.append(model) }

    mutating func failed(_ model: ResolvedModel, _ error: GatewayError) {
        if model === asked { errorOfAsked = error }
        lastError = error
    }

    /// What the client is told.
    var error: GatewayError {
        errorOfAsked ?? lastError ?? .internal(cause: "no model was asked")
    }
}
