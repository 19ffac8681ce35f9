package import Core
package import EventLoop

/// Finds the addresses of a host.
@LoopActor
package protocol NameResolver: Sendable {
    /// At least one address, in the order in which they should be tried; nil when there is none.
    func addresses(of host: String) async -> [IPAddress]?
}
