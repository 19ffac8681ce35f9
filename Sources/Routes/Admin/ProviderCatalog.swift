package import Core

/// What the admin API needs to know about the kinds of provider; the registry of providers answers it.
package protocol ProviderCatalog: Sendable {
    /// In the order in which they are to be listed.
    var descriptions: [ProviderDescription] { get }

    /// Finds what is wrong with a configuration: 400 naming `config.<member>`. `provider` is one of ``descriptions``.
    func check(_ config: JSONObject, provider: String) throws(GatewayError)

    /// The configuration with every secret masked, for answers.
    func masked(_ config: JSONObject, provider: String) -> JSONObject

    /// `config`, with every secret that is still in its masked form replaced by the one in `stored`. 400 naming the
    /// member when a mask stands for nothing stored.
    func merged(
        _ config: JSONObject, over stored: JSONObject, provider: String
    ) throws(GatewayError) -> JSONObject
}

/// A kind of provider, as a form that configures one needs it.
package struct ProviderDescription: Sendable, Equatable {
    package let name: String
    package let summary: String
    package let fields: [ConfigField]

    package init(name: String, summary: String, fields: [ConfigField]) {
        self.name = name
        self.summary = summary
        self.fields = fields
    }
}
