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

    /// Text is passed over in words of eight bytes, so each place in a word counts.
    @Test("each character that must be looked at is seen at every place of a text", arguments: 0..<20)
    func everyPlace(_ place: Int) throws {
        let special = [
            ("\"", "\\\""), ("\\", "\\\\"), ("\u{1f}", "\\u001f"), ("\u{0}", "\\u0000"), (" ", " "), ("!", "!"),
            ("#", "#"), ("[", "["), ("\u{7f}", "\u{7f}"), ("\u{85}", "\\u0085"), ("\u{2028}", "\\u2028"), ("é", "é"),
        ]
        for length in place...24 {
            for (character, written) in special {
                let (before, after) = (
                    String(repeating: "x", count: place), String(repeating: "y", count: length - place)
                )
                let value = JSONValue.string(before + character + after)
                #expect(value.text == "\"" + before + written + after + "\"")
                #expect(try JSONParser.parse(value.serialized()) == value)
            }
            for byte in [UInt8(0), 0x1f] {
                let bytes = [UInt8(ascii: "\"")] + Array(repeating: 0x78, count: place) + [byte] + Array("y\"".utf8)
                #expect(throws: JSONError.self) { try JSONParser.parse(bytes) }
            }
        }
    }

    @Test("names of any length are told apart by any of their bytes")
    func names() {
        for length in [0, 1, 6, 7, 8, 9, 15, 16, 254, 255, 256, 300, 512] {
            let name = String(repeating: "n", count: length)
            var object = JSONObject()
            object[name] = 1
            #expect(object[name] == 1)
            #expect(object[name + "n"] == nil)
            #expect((object[String(name.dropLast())] != nil) == (length == 0))
            for place in 0..<min(length, 20) {
                var other = Array(name.utf8)
                other[place] = 0
                #expect(object[String(decoding: other, as: UTF8.self)] == nil)
            }
            if length > 0 { #expect(object[String(name.dropLast()) + "m"] == nil) }
        }
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
