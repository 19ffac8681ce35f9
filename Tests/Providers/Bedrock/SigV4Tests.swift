import Core
import Testing

@testable import Providers

@Suite struct SigV4Tests {
    static let time = Timestamp(iso8601: "2026-11-21T08:34:59Z")

    @Test("Signatures equal those of botocore's signer (T1, T2)")
    func vectors() throws {
        let vectors = try #require(try Fixture.json("sigv4.json").array)
        #expect(vectors.count >= 12)
        for vector in vectors {
            let vector = try #require(vector.object)
            var request = TransportRequest(
                method: try text(vector, "method"), url: try text(vector, "url"),
                body: Array(try text(vector, "body").utf8))
            for header in vector["headers"]?.object?.members ?? [] {
                request.headers.append(header.name, header.value.string ?? "")
            }
            let signer = SigV4(
                credentials: AWSCredentials(
                    accessKeyID: "AKIDEXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
                    sessionToken: vector.present("token")?.string),
                region: try text(vector, "region"), service: try text(vector, "service"))
            signer.sign(&request, at: try #require(Self.time))
            let name = try text(vector, "name")
            #expect(request.headers["X-Amz-Date"] == vector["date"]?.string)
            #expect(request.headers["X-Amz-Security-Token"] == vector.present("token")?.string)
            #expect(request.headers["Authorization"] == vector["authorization"]?.string, "\(name)")
        }
    }

    private func text(_ object: JSONObject, _ name: String) throws -> String {
        try #require(object[name]?.string)
    }

    @Test("Signing again replaces the signature instead of adding to it")
    func again() throws {
        var request = TransportRequest(url: "https://example.com/a", headers: ["Content-Type": "application/json"])
        let signer = SigV4(
            credentials: AWSCredentials(accessKeyID: "a", secretAccessKey: "b", sessionToken: "c"), region: "r",
            service: "s")
        signer.sign(&request, at: try #require(Self.time))
        let once = request
        signer.sign(&request, at: try #require(Self.time))
        #expect(request.headers["Authorization"] == once.headers["Authorization"])
        #expect(request.headers.fields.count == once.headers.fields.count)
    }

    @Test("A path sent as it is enters the signature as it is")
    func s3() throws {
        let credentials = AWSCredentials(accessKeyID: "a", secretAccessKey: "b")
        var plain = TransportRequest(url: "https://example.com/a%3Ab//c")
        var again = plain
        SigV4(credentials: credentials, region: "r", service: "s3", pathRule: .asSent)
            .sign(&plain, at: try #require(Self.time))
        SigV4(credentials: credentials, region: "r", service: "s3").sign(&again, at: try #require(Self.time))
        #expect(plain.headers["Authorization"] != again.headers["Authorization"])
    }

    @Test(
        "A model id is encoded as one path segment, twice in the signature (T2)",
        arguments: [
            ("anthropic.claude-v2:1", "anthropic.claude-v2%3A1", "anthropic.claude-v2%253A1"),
            ("arn:aws:x/y", "arn%3Aaws%3Ax%2Fy", "arn%253Aaws%253Ax%252Fy"), ("a~b_c-d.e", "a~b_c-d.e", "a~b_c-d.e"),
            ("é %", "%C3%A9%20%25", "%25C3%25A9%2520%2525"),
        ])
    func encoding(id: String, once: String, twice: String) {
        #expect(PercentEncoding.encode(id) == once)
        #expect(PercentEncoding.encodePath(once) == twice)
    }

    @Test("Credentials print nothing of themselves")
    func redacted() {
        let credentials = AWSCredentials(accessKeyID: "AKIAX", secretAccessKey: "hush", sessionToken: "token")
        var dumped = ""
        dump(credentials, to: &dumped)
        dump(AWSAuthorization.signature(credentials), to: &dumped)
        let printed =
            "\(credentials) \(String(reflecting: credentials)) \(AWSAuthorization.signature(credentials)) \(dumped)"
        for secret in ["AKIAX", "hush", "token"] { #expect(!printed.contains(secret)) }
    }
}
