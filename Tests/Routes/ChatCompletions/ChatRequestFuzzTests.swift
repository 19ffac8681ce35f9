import Core
import Testing

@testable import Routes

@Suite("Chat request parser: anything at all")
struct ChatRequestFuzzTests {
    /// Touches every member that the parser reads.
    private static let whole: JSONObject = [
        "model": "m",
        "messages": [
            ["role": "system", "content": [["type": "text", "text": "a", "cache_control": ["type": "ephemeral"]]]],
            [
                "role": "user",
                "content": [
                    ["type": "text", "text": "b"],
                    ["type": "image_url", "image_url": ["url": "data:image/png;base64,iVBORw=="]],
                    ["type": "input_audio", "input_audio": ["data": "UklG", "format": "wav"]],
                    ["type": "file", "file": ["filename": "f.pdf", "file_data": "JVBE"]],
                ],
            ],
            [
                "role": "assistant", "content": nil, "reasoning_content": "r",
                "thinking_blocks": [["type": "thinking", "thinking": "t", "signature": "s"]],
                "tool_calls": [["id": "a", "type": "function", "function": ["name": "f", "arguments": "{}"]]],
            ],
            ["role": "tool", "tool_call_id": "a", "content": "c"],
            ["role": "assistant", "function_call": ["name": "g", "arguments": "{}"]],
            ["role": "function", "name": "g", "content": "d"],
        ],
        "tools": [["type": "function", "function": ["name": "f", "parameters": ["type": "object"]]]],
        "tool_choice": ["type": "function", "function": ["name": "f"]], "max_tokens": 5, "temperature": 1, "top_p": 1,
        "top_k": 3,
        "stop": ["x"], "n": 1, "stream": true, "stream_options": ["include_usage": true],
        "response_format": ["type": "json_schema", "json_schema": ["name": "n", "schema": [:]]],
    ]

    @Test("the whole request is valid")
    func valid() throws {
        let request = try ChatRequestParser.parse(Self.whole, byteCount: 0)
        #expect(request.messages.count == 6)
    }

    @Test("a request with members changed at random is a request or a 400 that names a member", arguments: 0..<50)
    func mutatedValues(_ seed: Int) {
        var generator = FuzzGenerator(state: UInt64(seed))
        for _ in 0..<200 {
            var value = JSONValue.object(Self.whole)
            for _ in 0...Int.random(in: 0...2, using: &generator) { value = generator.mutated(value) }
            check(value.serialized())
        }
    }

    @Test("a request with bytes changed at random is a request or a 400", arguments: 0..<20)
    func mutatedBytes(_ seed: Int) {
        var generator = FuzzGenerator(state: UInt64(seed) &+ 1000)
        let original = JSONValue.object(Self.whole).serialized()
        for _ in 0..<100 {
            var bytes = original
            for _ in 0...Int.random(in: 0...4, using: &generator) {
                bytes[Int.random(in: bytes.indices, using: &generator)] = UInt8.random(
                    in: 0x20...0x7e, using: &generator)
            }
            check(bytes)
        }
    }

    private func check(_ bytes: [UInt8]) {
        do throws(GatewayError) {
            let request = try ChatRequestParser.parse(bytes)
            #expect(!request.model.isEmpty && !request.messages.isEmpty && (request.maxTokens ?? 1) >= 1)
        } catch {
            let text = String(decoding: bytes, as: UTF8.self)
            #expect(error.status == 400 && error.type == "invalid_request_error", "\(text)")
            #expect(error.param != nil || error.code == "invalid_json" || error.code == "invalid_type", "\(text)")
            #expect(error.param != "", "\(text)")
        }
    }
}

/// Changes one value somewhere in a document, from a seed.
struct FuzzGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        // Knuth's MMIX generator; its high bits are mixed into the low ones.
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state ^ (state >> 29)
    }

    private static let strange: [JSONValue] = [
        nil, true, "", "x", "auto", 0, -1, 5, [], [:], [nil], ["x"], [[:]], ["type": "text"], ["a": nil],
        .number(JSONNumber(unchecked: "1e999")), .number(JSONNumber(unchecked: "-1e-9223372036854775808")),
        .number(JSONNumber(unchecked: "99999999999999999999")), "\u{0}", "data:", "data:,", "data:;base64,", "http://",
        "user",
        "function", "file", "thinking", "allowed_tools",
    ]

    mutating func mutated(_ value: JSONValue) -> JSONValue {
        switch value {
        case .array(var elements) where !elements.isEmpty && Int.random(in: 0..<6, using: &self) > 0:
            let place = Int.random(in: elements.indices, using: &self)
            switch Int.random(in: 0..<8, using: &self) {
            case 0: elements.remove(at: place)
            case 1: elements.insert(elements[place], at: 0)
            default: elements[place] = mutated(elements[place])
            }
            return .array(elements)
        case .object(var object) where !object.isEmpty && Int.random(in: 0..<6, using: &self) > 0:
            let name = object.members[Int.random(in: 0..<object.count, using: &self)].name
            if Int.random(in: 0..<8, using: &self) == 0 {
                object[name] = .none
            } else {
                object[name] = object[name].map { mutated($0) }
            }
            return .object(object)
        default: return Self.strange[Int.random(in: Self.strange.indices, using: &self)]
        }
    }
}
