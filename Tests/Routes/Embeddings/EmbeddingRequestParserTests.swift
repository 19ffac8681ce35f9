import Core
import Testing

@testable import Routes

@Suite struct EmbeddingRequestParserTests {
    private static func parse(_ body: String) throws -> EmbeddingRequest {
        try EmbeddingRequestParser.parse(Array(body.utf8))
    }

    @Test("Each form of input is read")
    func inputs() throws {
        for (json, inputs) in [
            (#""a""#, [.text("a")]), (#"["a","b"]"#, [.text("a"), .text("b")]), ("[1,2]", [.tokens([1, 2])]),
            ("[[1],[2,3]]", [.tokens([1]), .tokens([2, 3])]), (#"["a",[1]]"#, [.text("a"), .tokens([1])]),
        ] as [(String, [EmbeddingRequest.Input])] {
            #expect(try Self.parse(#"{"model":"m","input":\#(json)}"#).inputs == inputs, "\(json)")
        }
    }

    @Test("Format, dimensions and type are read; null counts as absence; the whole body is kept")
    func members() throws {
        let request = try Self.parse(
            #"{"model":"m","input":"a","encoding_format":"base64","dimensions":3,"input_type":"x","vendor":1}"#)
        #expect(request.encoding == .base64 && request.dimensions == 3 && request.inputType == "x")
        #expect(request.openAIBody["vendor"] == 1)
        let plain = try Self.parse(#"{"model":"m","input":"a","encoding_format":null,"dimensions":null}"#)
        #expect(plain.encoding == .float && plain.dimensions == nil)
    }

    @Test(
        "What cannot be used is named",
        arguments: [
            (#"{"input":"a"}"#, "model"), (#"{"model":"m"}"#, "input"), (#"{"model":"m","input":{}}"#, "input"),
            (#"{"model":"m","input":[]}"#, "input"), (#"{"model":"m","input":[[]]}"#, "input[0]"),
            (#"{"model":"m","input":[1,"a"]}"#, "input[1]"), (#"{"model":"m","input":[[1,2.5]]}"#, "input[0][1]"),
            (#"{"model":"m","input":[1e99]}"#, "input[0]"), (#"{"model":"m","input":["a",null]}"#, "input[1]"),
            (#"{"model":"m","input":"a","dimensions":65537}"#, "dimensions"),
            (#"{"model":"m","input":"a","user":7}"#, "user"),
        ])
    func faults(body: String, param: String) throws {
        let error = #expect(throws: GatewayError.self) { try Self.parse(body) }
        #expect(error?.status == 400 && error?.param == param, "\(body): \(error?.message ?? "")")
    }
}
