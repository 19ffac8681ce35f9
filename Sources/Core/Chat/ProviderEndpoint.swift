/// One of the places where calls to a model can go: a region, with one of the credentials for it.
package struct ProviderEndpoint: Sendable, Hashable {
    /// As records show it, such as `us-east-1`; nil where the provider has no regions.
    package let region: String?
    /// Which of the configured credentials, counted from 0.
    package let credentials: Int

    package init(region: String? = nil, credentials: Int = 0) {
        self.region = region
        self.credentials = credentials
    }
}
