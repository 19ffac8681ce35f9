import Core
import EventLoop

/// A provider with a required field and a secret; only its configuration matters to routes.
struct SecretiveProvider: ChatProvider {
    var name = "secretive"
    let summary = "For tests."
    let fields = [
        ConfigField("modelId", .string, required: true, "The upstream's name of the model."),
        ConfigField("apiKey", .string, secret: true, "The upstream's key."),
    ]

    func check(_ config: JSONObject) throws(GatewayError) {
        if config["modelId"] == "forbidden" {
            throw .invalid("config.modelId: this one does not exist.", param: "config.modelId")
        }
    }

    func open(_ request: ChatRequest, on target: ProviderTarget) async throws(GatewayError) -> any ChatStream {
        throw .internal(cause: "not called by routes")
    }
}
