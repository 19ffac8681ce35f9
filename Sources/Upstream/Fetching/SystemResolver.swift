package import Core
package import EventLoop
internal import Glibc

/// The host's own resolver (`getaddrinfo`), on threads of its own, because it blocks for as long as a name server is
/// silent.
@LoopActor
package final class SystemResolver: NameResolver {
    /// Look-ups under way and waiting. Threads that silent name servers keep busy must not gather work without end.
    private static let mostPending = 64

    private let threads = HelperPool(name: "brook-names", threads: 4)
    private var pending = 0

    package nonisolated init() {}

    package func addresses(of host: String) async -> [IPAddress]? {
        guard pending < Self.mostPending else { return nil }
        pending += 1
        defer { pending -= 1 }
        return await threads.run { () throws(Never) in Self.lookUp(host) }
    }

    private nonisolated static func lookUp(_ host: String) -> [IPAddress]? {
        var hints = unsafe addrinfo()
        unsafe hints.ai_socktype = CInt(SOCK_STREAM.rawValue)
        unsafe hints.ai_flags = AI_ADDRCONFIG
        var list: UnsafeMutablePointer<addrinfo>?
        guard unsafe getaddrinfo(host, nil, &hints, &list) == 0 else { return nil }
        defer { unsafe freeaddrinfo(list) }
        var addresses: [IPAddress] = []
        var next = unsafe list
        while let entry = unsafe next {
            if let address = unsafe address(entry.pointee) { addresses.append(address) }
            unsafe next = entry.pointee.ai_next
        }
        return addresses.isEmpty ? nil : addresses
    }

    private nonisolated static func address(_ entry: addrinfo) -> IPAddress? {
        guard let socketAddress = unsafe entry.ai_addr else { return nil }
        let bytes = UnsafeRawPointer(socketAddress)
        let length = unsafe Int(entry.ai_addrlen)
        switch unsafe entry.ai_family {
        case AF_INET where length >= MemoryLayout<sockaddr_in>.size:
            let number = unsafe bytes.loadUnaligned(as: sockaddr_in.self).sin_addr.s_addr
            return .v4(UInt32(bigEndian: number))
        case AF_INET6 where length >= MemoryLayout<sockaddr_in6>.size:
            var number = unsafe bytes.loadUnaligned(as: sockaddr_in6.self).sin6_addr
            return unsafe withUnsafeBytes(of: &number) { bytes in
                .v6(unsafe UInt128(bigEndian: bytes.loadUnaligned(as: UInt128.self)))
            }
        default: return nil
        }
    }
}
