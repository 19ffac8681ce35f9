/// A location that passes requests to Brook, with the blocks around it.
struct NginxPlace {
    /// `location /v1/ of server gate.example`.
    let name: String
    /// From `http` to the location.
    let chain: [[NginxDirective]]
    let server: [NginxDirective]
    /// The upstream that it passes to; nil when it names the socket itself.
    let upstream: [NginxDirective]?

    /// The arguments that hold here: those of the innermost block that says anything.
    func value(_ name: String) -> [String]? { chain.reversed().lazy.compactMap { $0.value(name) }.first }

    func first(_ name: String) -> String? { value(name)?.first }

    /// Every location of the configuration whose requests end at the socket.
    static func all(of configuration: NginxConfiguration, socket: String) -> [NginxPlace] {
        configuration.directives.named("http").flatMap { http in
            let http = http.block ?? []
            let upstreams = http.named("upstream").filter { upstream in
                (upstream.block ?? []).named("server").contains { $0.arguments.first == "unix:" + socket }
            }
            return http.named("server").flatMap { server -> [NginxPlace] in
                let server = server.block ?? []
                let search = Search(
                    socket: socket, upstreams: upstreams, server: server,
                    serverName: server.value("server_name")?.first ?? "_")
                return search.places(in: server, chain: [http, server])
            }
        }
    }

    private struct Search {
        let socket: String
        let upstreams: [NginxDirective]
        let server: [NginxDirective]
        let serverName: String

        func places(in block: [NginxDirective], chain: [[NginxDirective]]) -> [NginxPlace] {
            block.named("location").flatMap { location -> [NginxPlace] in
                let inner = location.block ?? []
                let chain = chain + [inner]
                var found = places(in: inner, chain: chain)
                if let target = inner.value("fastcgi_pass")?.first {
                    let upstream = upstreams.first { $0.arguments.first == target }
                    if upstream != nil || target == "unix:" + socket {
                        let name = "location \(location.arguments.last ?? "") of server \(serverName)"
                        found.append(NginxPlace(name: name, chain: chain, server: server, upstream: upstream?.block))
                    }
                }
                return found
            }
        }
    }
}
