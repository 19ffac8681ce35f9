import Testing

@testable import Core

@Suite("JSON parser")
struct JSONParserTests {
    @Test(
        "accepts every document that RFC 8259 allows",
        arguments: [
            "0", "-0", "1", "-1.5", "1e5", "1E+5", "1e-5", "0.1", "1e999", "-1e-999", "123456789012345678901234567890",
            "\"\"", "\"a\"", "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\u0041\"", "\"\\ud83d\\ude00\"", "\"\u{7f}\"",
            "\"\u{2028}\u{85}\"", "\"é漢😀\"", "\"\\u0000\"", "\"\\uD834\\udd1e\"",
            "true", "false", "null", "[]", "{}", "[[]]", "[1,2]", "[ 1 , 2 ]", "[null,true,false,\"x\",0,{}]",
            "{\"\":0}", "{\"a\":{\"b\":[]}}", " \t\r\n[\n]\n ", "{\"a\":1,\"a\":2}", "[1e0]", "[-0.0]",
            "\u{feff}{}",
        ])
    func accepts(_ text: String) throws {
        _ = try JSONParser.parse(text)
    }

    @Test(
        "refuses every document that RFC 8259 does not allow",
        arguments: [
            "", " ", "nul", "nulll", "True", "NaN", "Infinity", "-Infinity", "undefined", "'a'", "a",
            "01", "-01", "00", "+1", ".5", "1.", "1.e5", "1e", "1e+", "1e5.5", "-", "--1", "0x10", "1_000", "1 2", "１",
            "\"", "\"a", "\"\\\"", "\"\\x41\"", "\"\\u12\"", "\"\\u12G4\"", "\"\\U0041\"", "\"\\", "\"\\u", "\"a\nb\"",
            "\"a\tb\"", "\"\u{0}\"", "\"\u{1f}\"", "\"\\ud800\\u12\"", "\"\\a\"", "\"\\'\"",
            "[", "]", "[1", "[1,", "[,1]", "[1,]", "[1,,2]", "[1 2]", "[1}", "[\"a\":1]", "[]]", "[][]",
            "{", "}", "{1:2}", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{,}", "{\"a\" 1}", "{\"a\":1 \"b\":2}", "{a:1}",
            "{'a':1}", "{\"a\":1]", "{\"a\":1}}", "{\"a\"::1}", "{null:1}", "{\"a\":1,,\"b\":2}",
            "/* c */ 1", "1 // c", "[1] #", "\u{a0}1", "\u{c}[]", "\u{feff}\u{feff}1", "{\"a\":tru}", "[f]",
        ])
    func refuses(_ text: String) {
        #expect(throws: JSONError.self) { try JSONParser.parse(text) }
    }

    @Test(
        "refuses bytes that are no UTF-8, wherever they stand",
        arguments: [
            [0x22, 0xff, 0x22], [0x22, 0xc0, 0x80, 0x22], [0x22, 0xed, 0xa0, 0x80, 0x22],
            [0x22, 0xf4, 0x90, 0x80, 0x80, 0x22],
            [0x22, 0xe2, 0x82, 0x22], [0x22, 0x80, 0x22], [0x22, 0x5c, 0x6e, 0xff, 0x22], [0xff],
            [0xfe, 0xff, 0x00, 0x31],
            [0x5b, 0x31, 0x2c, 0xff, 0x5d], [0x7b, 0x22, 0xe9, 0x22, 0x3a, 0x31, 0x7d], [0xef, 0xbb], [0x00],
        ] as [[UInt8]])
    func refusesBadUTF8(_ bytes: [UInt8]) {
        #expect(throws: JSONError.self) { try JSONParser.parse(bytes) }
    }

    @Test("decodes escapes, and gives a lone half of a surrogate pair as U+FFFD")
    func escapes() throws {
        let cases = [
            ("\"\\u00e9\\u6f22\"", "é漢"), ("\"\\ud83d\\ude00!\"", "😀!"), ("\"\\uD83D\"", "\u{fffd}"),
            ("\"\\ude00x\"", "\u{fffd}x"), ("\"\\ud83d\\ud83d\\ude00\"", "\u{fffd}😀"), ("\"\\ud83d\\n\"", "\u{fffd}\n"),
            ("\"\\ud83dA\"", "\u{fffd}A"), ("\"\\udbff\\udfff\"", "\u{10ffff}"), ("\"\\ud800\\udc00\"", "\u{10000}"),
            ("\"\\u0000\"", "\u{0}"), ("\"a\\/b\"", "a/b"),
        ]
        for (text, expected) in cases { #expect(try JSONParser.parse(text) == .string(expected), "\(text)") }
    }

    @Test("keeps the order of members, and the digits of numbers")
    func keepsForm() throws {
        let text = #"{"z":1.10,"a":1e999,"m":123456789012345678901234567890,"b":-0,"c":0.10000000000000000001}"#
        #expect(try JSONParser.parse(text).text == text)
    }

    @Test("takes the last of repeated member names, at the first one's place", arguments: [3, 12, 13, 14, 40])
    func repeatedNames(_ count: Int) throws {
        var pairs = (0..<count).map { "\"k\($0)\":\($0)" }
        pairs.append("\"k1\":\"last\"")
        let object = try #require(try JSONParser.parse("{" + pairs.joined(separator: ",") + "}").object)
        #expect(object.count == count)
        #expect(object["k1"] == "last")
        #expect(object.members[1].name == "k1")
    }

    @Test("keeps names apart that differ only in how a character is spelled", arguments: [0, 20])
    func spelling(_ others: Int) throws {
        let filler = (0..<others).map { "\"k\($0)\":0," }.joined()
        let text = "{\(filler)\"\u{e9}\":1,\"e\u{301}\":2}"
        let object = try #require(try JSONParser.parse(text).object)
        #expect(object.count == others + 2)
        #expect(object["\u{e9}"]?.int == 1)
        #expect(object["e\u{301}"]?.int == 2)
        #expect(JSONValue.object(object).text == text)
    }

    @Test("reads nesting to its limit and refuses one level more")
    func depth() throws {
        let deepest = JSONParser.maximumDepth
        let nested = { (depth: Int, open: String, inner: String, close: String) in
            String(repeating: open, count: depth) + inner + String(repeating: close, count: depth)
        }
        _ = try JSONParser.parse(nested(deepest, "[", "", "]"))
        _ = try JSONParser.parse(nested(deepest, "{\"a\":", "1", "}"))
        #expect(throws: JSONError.self) { try JSONParser.parse(nested(deepest + 1, "[", "", "]")) }
        #expect(throws: JSONError.self) { try JSONParser.parse(nested(deepest + 1, "{\"a\":", "1", "}")) }
        #expect(throws: JSONError.self) { try JSONParser.parse(String(repeating: "[", count: 1_000_000)) }
        #expect(throws: JSONError.self) { try JSONParser.parse(String(repeating: "{\"a\":[", count: 300_000)) }
    }

    @Test("says at which byte of the document it goes wrong, also when that is only a part of the bytes")
    func offsets() {
        #expect(throws: JSONError("expected ',' or ']' in an array", at: 3)) { try JSONParser.parse("[1 2]") }
        #expect(throws: JSONError("expected ',' or ']' in an array", at: 3)) {
            try JSONParser.parse(Array("xx[1 2]yy".utf8), in: 2..<7)
        }
        #expect(throws: JSONError("invalid UTF-8 in a string", at: 1)) {
            try JSONParser.parse([0x20, 0x22, 0xff, 0x22], in: 1..<4)
        }
    }

    @Test("reads only the part that a range names")
    func range() throws {
        let bytes = Array("data: {\"a\":1}\n\n[".utf8)
        #expect(try JSONParser.parse(bytes, in: 6..<13) == ["a": 1])
        #expect(throws: JSONError.self) { try JSONParser.parse(bytes, in: 6..<12) }
        #expect(throws: JSONError.self) { try JSONParser.parse(bytes, in: 3..<3) }
        #expect(throws: JSONError.self) { try JSONParser.parse(Array("truex".utf8), in: 0..<3) }
        #expect(throws: JSONError.self) { try JSONParser.parse(Array("\"\\u00e9\"".utf8), in: 0..<5) }
    }

    @Test("refuses every document that is cut short, at whichever byte")
    func cut() throws {
        let text = #"{"a":[1.5e3,"x\u00e9\ud83d\ude00",true,null],"b":{"c":"漢"}}"#
        let bytes = Array(text.utf8)
        for end in 0..<bytes.count {
            #expect(throws: JSONError.self, "\(end)") { try JSONParser.parse(bytes, in: 0..<end) }
        }
    }
}
