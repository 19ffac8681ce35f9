import Core
import Testing

@testable import Routes

@Suite struct ImageRequestParserTests {
    private static func parse(_ members: String) throws -> ImageRequest {
        try ImageRequestParser.parse(Array(#"{"model":"m",\#(members)}"#.utf8))
    }

    @Test("Size, quality, number and format are read; auto is the provider's choice")
    func members() throws {
        let request = try Self.parse(
            #""prompt":"a","n":3,"size":"1792x1024","quality":"hd","response_format":"b64_json","style":"vivid""#)
        #expect(request.count == 3 && request.size == ImageRequest.Size(width: 1792, height: 1024))
        #expect(request.quality == "hd" && request.format == .base64 && request.openAIBody["style"] == "vivid")
        let plain = try Self.parse(#""prompt":"a","size":"auto","quality":"auto","n":null"#)
        #expect(plain.size == nil && plain.quality == nil && plain.count == 1 && plain.format == nil)
    }

    @Test(
        "What cannot be used is named",
        arguments: [
            (#""n":1"#, "prompt"), (#""prompt":"""#, "prompt"), (#""prompt":"a","n":0"#, "n"),
            (#""prompt":"a","n":11"#, "n"), (#""prompt":"a","size":"big""#, "size"),
            (#""prompt":"a","size":"1024x""#, "size"), (#""prompt":"a","size":"-1x5""#, "size"),
            (#""prompt":"a","size":"1x2x3""#, "size"), (#""prompt":"a","quality":"best""#, "quality"),
            (#""prompt":"a","response_format":"png""#, "response_format"), (#""prompt":"a","stream":true"#, "stream"),
        ])
    func faults(members: String, param: String) throws {
        let error = #expect(throws: GatewayError.self) { try Self.parse(members) }
        #expect(error?.status == 400 && error?.param == param, "\(members): \(error?.message ?? "")")
    }
}
