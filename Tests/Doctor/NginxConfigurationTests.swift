import Testing

@testable import Doctor

@Suite struct NginxConfigurationTests {
    private func directives(_ text: String) throws -> [NginxDirective] {
        try #require(NginxConfiguration(dump: "# configuration file /etc/nginx/nginx.conf:\n" + text)).directives
    }

    @Test func `words, quotes, comments and nested blocks are read`() throws {
        let found = try directives(
            """
            user www-data; # not; this {
            http { log_format a '{"x": "$y"}' "b\\"c"; server { listen 80; } }
            """)
        #expect(
            found == [
                NginxDirective("user", ["www-data"]),
                NginxDirective(
                    "http",
                    block: [
                        NginxDirective("log_format", ["a", #"{"x": "$y"}"#, #"b"c"#]),
                        NginxDirective("server", block: [NginxDirective("listen", ["80"])]),
                    ]),
            ])
    }

    @Test func `a variable in braces is part of its word`() throws {
        #expect(
            try directives("return 308 https://${host}/x;") == [NginxDirective("return", ["308", "https://${host}/x"])])
    }

    @Test func `a regular expression keeps its backslashes`() throws {
        let found = try directives(#"location ~ \.php$ { return 418; }"#)
        #expect(found.first?.arguments == ["~", #"\.php$"#])
    }

    @Test func `what is included stands in the place of the include, in the order of the names`() throws {
        let dump = """
            # configuration file /etc/nginx/nginx.conf:
            http { include sites/*; include /srv/one.conf; }
            # configuration file /etc/nginx/sites/b:
            server { server_name b; }
            # configuration file /etc/nginx/sites/a:
            server { server_name a; }
            # configuration file /srv/one.conf:
            gzip on;
            """
        let http = try #require(NginxConfiguration(dump: dump)?.directives.first?.block)
        #expect(http.map(\.name) == ["server", "server", "gzip"])
        #expect(http.compactMap { $0.block?.value("server_name")?.first } == ["a", "b"])
    }

    @Test func `a file that includes itself comes to an end`() throws {
        let found = try directives("include nginx.conf; user a;")
        #expect(found.allSatisfy { $0.name == "user" } && found.count < 100)
    }

    @Test func `any bytes are read without a crash`() {
        let text = #"http { server "a\ ${b { } ; # 'c"#
        for count in 0...text.utf8.count {
            let cut = String(decoding: text.utf8.prefix(count), as: UTF8.self)
            _ = NginxConfiguration(dump: "# configuration file x:\n" + cut)
        }
    }

    @Test func `text that nginx has not printed is no configuration`() {
        #expect(NginxConfiguration(dump: "user www-data;")?.directives == nil)
    }
}
