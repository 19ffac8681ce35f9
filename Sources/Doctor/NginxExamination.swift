/// Compares an nginx configuration with what Brook's traffic needs: long streams, unbuffered, large bodies, kept connections.
package struct NginxExamination {
    private let configuration: NginxConfiguration
    private let places: [NginxPlace]
    private let socket: String
    private let maximumBody: Int

    /// Seconds: the longest a call may take (1,800), so that it is Brook that ends it, with a record.
    private static let longestCall = 1800
    private static let leastConnections = 4096

    /// - Parameters:
    ///   - socket: the path that the workers listen at.
    ///   - maximumBody: bytes; the setting `max_body`.
    package init(_ configuration: NginxConfiguration, socket: String, maximumBody: Int) {
        self.configuration = configuration
        self.socket = socket
        self.maximumBody = maximumBody
        places = NginxPlace.all(of: configuration, socket: socket)
    }

    package var findings: [Finding] {
        guard !places.isEmpty else {
            return [
                Finding(
                    .failure, "nginx",
                    "no location passes requests to \(socket): include brook/server.conf in a server block, or name "
                        + "the right socket with --socket")
            ]
        }
        return [
            Finding(.good, "nginx", "\(places.count) locations pass requests to \(socket)"), buffering, compression,
            readTimeout, body, keptConnections, connections, encryption,
        ]
    }

    private var buffering: Finding {
        judge("nginx buffering", .failure, "answers are streamed, requests are collected") {
            if $0.first("fastcgi_buffering") != "off" {
                return "answers wait in a buffer instead of streaming: fastcgi_buffering off"
            }
            return $0.first("fastcgi_request_buffering") == "off"
                ? "a client that sends slowly holds a worker: fastcgi_request_buffering on" : nil
        }
    }

    private var compression: Finding {
        judge("nginx gzip", .warning, "answers are not held back for compression") {
            $0.first("gzip") == "on" ? "compression holds pieces of a stream back: gzip off" : nil
        }
    }

    private var readTimeout: Finding {
        judge("nginx timeouts", .failure, "a call may be silent for \(Self.longestCall) s and more") {
            let text = $0.value("fastcgi_read_timeout")?.joined(separator: " ") ?? "60s"
            guard let seconds = NginxQuantity.seconds(text), seconds < Self.longestCall else { return nil }
            return "nginx gives up after \(text), while a call may take \(Self.longestCall) s: "
                + "fastcgi_read_timeout \(Self.longestCall + 60)s"
        }
    }

    private var body: Finding {
        judge("nginx body size", .warning, "bodies of max_body pass") {
            let text = $0.first("client_max_body_size") ?? "1m"
            guard let bytes = NginxQuantity.bytes(text), bytes != 0, bytes < maximumBody else { return nil }
            return "nginx refuses bodies over \(text), while max_body is \(maximumBody) bytes: client_max_body_size "
                + "\((maximumBody + (1 << 20) - 1) >> 20)m, or a smaller max_body"
        }
    }

    private var keptConnections: Finding {
        judge("nginx keep_conn", .warning, "connections to the workers are kept") {
            if $0.first("fastcgi_keep_conn") != "on" { return "every request makes a connection: fastcgi_keep_conn on" }
            guard let upstream = $0.upstream, upstream.value("keepalive") != nil else {
                return "no connection is kept: pass to an upstream with keepalive 64"
            }
            // A drain ends when nginx closes its connections.
            let idle = upstream.value("keepalive_timeout")?.first ?? "60s"
            guard let seconds = NginxQuantity.seconds(idle), seconds > 10 else { return nil }
            return "idle connections hold up a worker that drains for \(idle): keepalive_timeout 5s in the upstream"
        }
    }

    private var connections: Finding {
        let events = configuration.directives.named("events").last?.block ?? []
        let number = events.value("worker_connections")?.first.flatMap { Int($0) } ?? 512
        guard number >= Self.leastConnections else {
            return Finding(
                .warning, "nginx connections",
                "worker_connections \(number) carries \(number / 2) streams an nginx worker: in nginx.conf, events { "
                    + "worker_connections 10000; } and worker_rlimit_nofile 20000")
        }
        guard let limit = configuration.directives.value("worker_rlimit_nofile")?.first.flatMap({ Int($0) }),
            limit < number
        else { return Finding(.good, "nginx connections", "\(number), for \(number / 2) streams an nginx worker") }
        return Finding(
            .warning, "nginx connections",
            "worker_rlimit_nofile \(limit) is less than worker_connections \(number): make it \(number * 2)")
    }

    private var encryption: Finding {
        judge("nginx TLS", .warning, "keys travel encrypted, by TLS 1.2 and 1.3") { place in
            let open = place.server.named("listen").filter { !isEncrypted($0, place) && !Self.isLocal($0) }
            if let listen = open.first {
                return "keys cross the network in the clear on `listen \(listen.arguments.joined(separator: " "))`: "
                    + "redirect plain HTTP to https"
            }
            let old = Set(place.value("ssl_protocols") ?? []).intersection(["SSLv2", "SSLv3", "TLSv1", "TLSv1.1"])
            guard !old.isEmpty, place.server.named("listen").contains(where: { isEncrypted($0, place) }) else {
                return nil
            }
            return "\(old.sorted().joined(separator: ", ")) may be spoken: ssl_protocols TLSv1.2 TLSv1.3 in the server "
                + "block (include brook/tls.conf)"
        }
    }

    private func isEncrypted(_ listen: NginxDirective, _ place: NginxPlace) -> Bool {
        listen.arguments.contains("ssl") || place.server.value("ssl") == ["on"]
    }

    private static func isLocal(_ listen: NginxDirective) -> Bool {
        let address = listen.arguments.first ?? ""
        return ["127.", "localhost", "[::1]", "unix:"].contains { address.hasPrefix($0) }
    }

    /// One finding for all places: the first complaint, with where it is and in how many other places too.
    private func judge(
        _ subject: String, _ verdict: Finding.Verdict, _ good: String, _ complaint: (NginxPlace) -> String?
    ) -> Finding {
        let found = places.compactMap { place in complaint(place).map { (place.name, $0) } }
        guard let first = found.first else { return Finding(.good, subject, good) }
        let others = found.count > 1 ? " and \(found.count - 1) more" : ""
        return Finding(verdict, subject, "\(first.0)\(others): \(first.1)")
    }
}
