import Testing

@testable import Core

@Suite("JSON round trips")
struct JSONRoundTripTests {
    @Test("what is written reads back as the same value, for any value", arguments: 0..<200)
    func roundTrip(_ seed: Int) throws {
        var source = RandomJSON(seed: UInt64(seed))
        let value = source.value(depth: 5)
        let bytes = value.serialized()
        let read = try JSONParser.parse(bytes)
        #expect(read == value)
        #expect(read.serialized() == bytes)
    }

    @Test("a document with random faults is read or refused, and what is read can be written again", arguments: 0..<40)
    func mutations(_ seed: Int) throws {
        var source = RandomJSON(seed: UInt64(seed))
        let original = source.value(depth: 4).serialized()
        for _ in 0..<100 {
            var bytes = original
            for _ in 0...Int.random(in: 0...3, using: &source.generator) { source.mutate(&bytes) }
            guard let value = try? JSONParser.parse(bytes) else { continue }
            let again = try JSONParser.parse(value.serialized())
            #expect(again == value)
        }
    }

    @Test("strings are written with the escapes that JSON and line-splitting readers need, and no others")
    func escapes() {
        let cases = [
            ("", "\"\""), ("a/b", "\"a/b\""), ("\"\\", "\"\\\"\\\\\""), ("\n\r\t", "\"\\n\\r\\t\""),
            ("\u{0}\u{8}\u{b}\u{1f}", "\"\\u0000\\u0008\\u000b\\u001f\""), ("\u{7f}é漢😀", "\"\u{7f}é漢😀\""),
            ("a\u{2028}b\u{2029}c\u{85}", "\"a\\u2028b\\u2029c\\u0085\""),
            ("\u{2027}\u{202a}\u{86}’«", "\"\u{2027}\u{202a}\u{86}’«\""),
            ("\u{20ac}\u{c2}\u{e2}", "\"\u{20ac}\u{c2}\u{e2}\""),
        ]
        for (text, expected) in cases { #expect(JSONValue.string(text).text == expected) }
    }

    @Test("an object keeps a member's place when it is set, and loses it when it is set to nil")
    func members() {
        var object: JSONObject = ["a": 1, "b": nil, "c": 3]
        object["a"] = "x"
        #expect(JSONValue.object(object).text == #"{"a":"x","b":null,"c":3}"#)
        #expect(object["b"] == .some(.null))
        #expect(object.present("b") == nil)
        #expect(object["d"] == nil)
        object["b"] = .none
        object["d"] = 4
        #expect(JSONValue.object(object).text == #"{"a":"x","c":3,"d":4}"#)
    }

    @Test("objects are equal whatever the order of their members")
    func equality() {
        #expect(["a": 1, "b": 2] as JSONObject == ["b": 2, "a": 1])
        #expect(["a": 1] as JSONObject != ["a": 1, "b": 2])
        #expect(["a": 1] as JSONObject != ["b": 1])
    }
}
