import Core
import Testing

@testable import Providers

@Suite struct ConverseTextDeltaTests {
    private func text(_ payload: String) -> String? {
        let bytes = Array(("xx" + payload + "yy").utf8)
        return ConverseTextDelta.text(bytes, in: 2..<bytes.count - 2)
    }

    @Test(
        "Plain text deltas are read in any order and spacing",
        arguments: [
            #"{"contentBlockIndex":0,"delta":{"text":"Hi 世"},"p":"abc"}"#,
            #"{"delta":{"text":"Hi 世"},"contentBlockIndex":12}"#, #"{ "p" : "" , "delta" : { "text" : "Hi 世" } }"#,
        ])
    func fast(payload: String) {
        #expect(text(payload) == "Hi 世")
    }

    @Test(
        "Everything else is left to the parser",
        arguments: [
            "", "{", "{}", "[]", #"{"delta":{"text":"\u0041"}}"#, #"{"delta":{"text":"a\x"}}"#,
            #"{"delta":{"text":"a\"}}"#, #"{"p":"\n","delta":{"text":"a"}}"#, #"{"delta":{"toolUse":{"input":"a"}}}"#,
            #"{"delta":{"text":"a","x":"b"}}"#, #"{"delta":{"text":"a"},"new":{"b":1}}"#, #"{"delta":{"text":"a"},}"#,
            #"{"delta":{"text":"a"}} x"#, #"{"delta":{"text":"a"},"contentBlockIndex":01}"#,
            #"{"delta":{"text":"a"},"contentBlockIndex":-1}"#, #"{"delta":{"text":"a"},"delta":{"text":"b"}}"#,
            "{\"delta\":{\"text\":\"a\u{1}\"}}",
        ])
    func slow(payload: String) {
        #expect(text(payload) == nil)
    }

    @Test("Plain escapes are resolved")
    func escapes() {
        #expect(text(#"{"delta":{"text":"\n\"a\\\t\/\r世"}}"#) == "\n\"a\\\t/\r世")
    }

    @Test("Bytes that are no UTF-8 are left to the parser, which refuses them")
    func invalidUTF8() {
        let bytes = Array(#"{"delta":{"text":""#.utf8) + [0xff] + Array(#""}}"#.utf8)
        #expect(ConverseTextDelta.text(bytes, in: bytes.indices) == nil)
    }

    @Test("Whatever it reads, the parser reads the same")
    func agreement() throws {
        var generator = SeededGenerator(seed: 3)
        let original = Array(#"{"contentBlockIndex":0,"delta":{"text":"He\nllo"},"p":"abcdefgh"}"#.utf8)
        var agreed = 0
        for _ in 0..<20_000 {
            var bytes = original
            let index = Int.random(in: 0..<bytes.count, using: &generator)
            bytes[index] = Array(#"{}[]":, \0an/"#.utf8).randomElement(using: &generator) ?? 0
            guard let text = ConverseTextDelta.text(bytes, in: bytes.indices) else { continue }
            let parsed = try JSONParser.parse(bytes)
            #expect(parsed.object?["delta"]?.object?["text"]?.string == text)
            agreed += 1
        }
        #expect(agreed > 1000)
    }
}
