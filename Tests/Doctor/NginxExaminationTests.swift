import Testing

@testable import Doctor

@Suite struct NginxExaminationTests {
    /// A sound configuration, with one text replaced by another.
    private func findings(replacing old: String = "", by new: String = "") throws -> [String: Finding] {
        var text = """
            # configuration file /etc/nginx/nginx.conf:
            worker_rlimit_nofile 20000;
            events { worker_connections 10000; }
            http {
                gzip on;
                upstream brook { server unix:/run/brook/brook.sock max_fails=0; keepalive 64; keepalive_timeout 5s; }
                server {
                    listen 443 ssl;
                    server_name gate.example;
                    ssl_protocols TLSv1.2 TLSv1.3;
                    client_max_body_size 32m;
                    location /v1/ {
                        fastcgi_pass brook;
                        fastcgi_keep_conn on;
                        fastcgi_buffering off;
                        fastcgi_read_timeout 1860s;
                        gzip off;
                    }
                }
                server { listen 80; server_name other; location / { fastcgi_pass unix:/run/php.sock; } }
            }
            """
        if !old.isEmpty {
            let parts = text.components(around: old)
            try #require(parts.count == 2, "\(old) stands in it once")
            text = parts.joined(separator: new)
        }
        let configuration = try #require(NginxConfiguration(dump: text))
        let found = NginxExamination(configuration, socket: "/run/brook/brook.sock", maximumBody: 32 << 20).findings
        return Dictionary(uniqueKeysWithValues: found.map { ($0.subject, $0) })
    }

    @Test func `a sound configuration has nothing but good findings`() throws {
        let found = try findings()
        #expect(found.count == 8 && found.values.allSatisfy { $0.verdict == .good }, "\(found)")
    }

    @Test(arguments: [
        ("fastcgi_buffering off;", "", "nginx buffering", "fastcgi_buffering off"),
        ("fastcgi_buffering off;", "fastcgi_buffering off; fastcgi_request_buffering off;", "nginx buffering", "on"),
        ("fastcgi_read_timeout 1860s;", "", "nginx timeouts", "60s"),
        ("fastcgi_read_timeout 1860s;", "fastcgi_read_timeout 29m;", "nginx timeouts", "1860s"),
        ("client_max_body_size 32m;", "", "nginx body size", "client_max_body_size 32m"),
        ("fastcgi_keep_conn on;", "", "nginx keep_conn", "fastcgi_keep_conn on"),
        ("keepalive 64;", "", "nginx keep_conn", "keepalive 64"),
        ("keepalive_timeout 5s;", "", "nginx keep_conn", "keepalive_timeout 5s"),
        ("gzip off;", "", "nginx gzip", "gzip off"),
        ("worker_connections 10000;", "", "nginx connections", "512"),
        ("worker_rlimit_nofile 20000;", "worker_rlimit_nofile 1024;", "nginx connections", "20000"),
        ("ssl_protocols TLSv1.2 TLSv1.3;", "ssl_protocols TLSv1.1 TLSv1.2;", "nginx TLS", "TLSv1.1"),
        ("listen 443 ssl;", "listen 443 ssl; listen 80;", "nginx TLS", "`listen 80`"),
        ("server unix:/run/brook/brook.sock", "server unix:/run/other.sock", "nginx", "/run/brook/brook.sock"),
    ])
    func `each fault is found, with its remedy`(old: String, new: String, subject: String, remedy: String) throws {
        let finding = try #require(try findings(replacing: old, by: new)[subject])
        #expect(finding.verdict != .good && finding.text.contains(remedy), "\(finding.line)")
    }

    @Test func `plain HTTP on loopback, and no limit of the body, are no faults`() throws {
        #expect(try findings(replacing: "listen 443 ssl;", by: "listen 127.0.0.1:80;")["nginx TLS"]?.verdict == .good)
        let unlimited = try findings(replacing: "client_max_body_size 32m;", by: "client_max_body_size 0;")
        #expect(unlimited["nginx body size"]?.verdict == .good)
    }

    @Test(arguments: [
        ("90", 90), ("1h 30m", 5400), ("500ms", 0), ("1860s", 1860), ("1d", 86_400), ("", nil), ("x", nil), ("5q", nil),
    ])
    func `times are read as nginx reads them`(text: String, seconds: Int?) {
        #expect(NginxQuantity.seconds(text) == seconds)
    }

    @Test(arguments: [
        ("32m", 32 << 20), ("64K", 65_536), ("0", 0), ("1g", 1 << 30), ("", nil), ("m", nil), ("-1", nil),
    ])
    func `sizes are read as nginx reads them`(text: String, bytes: Int?) {
        #expect(NginxQuantity.bytes(text) == bytes)
    }
}

extension String {
    fileprivate func components(around text: String) -> [String] {
        var parts = [""]
        var rest = self[...]
        while !rest.isEmpty {
            if rest.hasPrefix(text) {
                parts.append("")
                rest = rest.dropFirst(text.count)
            } else {
                parts[parts.count - 1].append(rest.removeFirst())
            }
        }
        return parts
    }
}
