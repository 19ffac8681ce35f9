/// Which addresses that a request names the gateway fetches files from.
package struct FetchPolicy: Sendable, Equatable {
    /// Of a file, in bytes.
    package static let largestFile = 5 * 1024 * 1024
    /// For a file, from the look-up of its host to its last byte, redirections included.
    package static let timeLimit = Duration.seconds(5)
    package static let mostRedirections = 3
    /// Of one request.
    package static let mostFiles = 20
    /// Of one request, in bytes, each file counted as often as it is named.
    package static let mostBytes = 20 * 1024 * 1024

    package var isOn = true
    package var ports: Set<Int> = [80, 443]
    /// Networks that are allowed although they are not public.
    package var networks: [IPNetwork] = []

    package init() {}

    package func allows(_ address: IPAddress) -> Bool {
        address.isGloballyRoutable || networks.contains { $0.contains(address) }
    }
}
