import Core
import Testing

@testable import Routes

/// A request body with one user message and these further members.
func chatBody(_ members: String = "") -> String {
    #"{"model":"m","messages":[{"role":"user","content":"hi"}]\#(members.isEmpty ? "" : ",")\#(members)}"#
}

func parseChat(_ body: String) throws -> ChatRequest { try ChatRequestParser.parse(Array(body.utf8)) }

/// What a body is refused with; nil when it is not.
func refusal(of body: String) -> GatewayError? {
    do throws(GatewayError) {
        _ = try ChatRequestParser.parse(Array(body.utf8))
        return nil
    } catch {
        return error
    }
}

@Suite("Chat request parser: parameters")
struct ChatRequestParserTests {
    @Test("a minimal request has no parameters, and keeps its whole body")
    func minimal() throws {
        let request = try parseChat(chatBody(#""seed":7,"x_vendor":{"a":1.10}"#))
        #expect(request.model == "m")
        #expect(request.messages == [ChatMessage(.user, [.text("hi")])])
        #expect(request.tools.isEmpty && request.toolChoice == nil && request.parallelToolCalls == nil)
        #expect(request.maxTokens == nil && request.temperature == nil && request.topP == nil && request.topK == nil)
        #expect(request.stop.isEmpty && request.choiceCount == 1 && !request.isStream && !request.wantsUsage)
        #expect(request.openAIBody?["x_vendor"] == ["a": .number(JSONNumber(unchecked: "1.10"))])
        #expect(request.byteCount == chatBody(#""seed":7,"x_vendor":{"a":1.10}"#).utf8.count)
    }

    @Test("every parameter is read")
    func everything() throws {
        let request = try parseChat(
            chatBody(
                #"""
                "max_tokens":10,"max_completion_tokens":20,"temperature":0,"top_p":0.90,"top_k":5,"stop":["a","","b"],
                "n":2,"stream":true,"stream_options":{"include_usage":true},"parallel_tool_calls":false,
                "response_format":{"type":"json_schema","json_schema":{"name":"s","schema":{"z":1,"a":2}}},
                "reasoning_effort":"high","thinking":{"type":"enabled","budget_tokens":2000},"user":"u",
                "metadata":{"k":"v"},"service_tier":"flex"
                """#))
        #expect(request.maxTokens == 20)
        #expect(request.temperature?.text == "0")
        #expect(request.topP?.text == "0.90")
        #expect(request.topK == 5)
        #expect(request.stop == ["a", "b"])
        #expect(request.choiceCount == 2)
        #expect(request.isStream && request.wantsUsage)
        #expect(request.parallelToolCalls == false)
        #expect(request.responseFormat?["json_schema"]?.object?["schema"]?.text == #"{"z":1,"a":2}"#)
        #expect(request.reasoningEffort == "high")
        #expect(request.thinking?["budget_tokens"]?.int == 2000)
        #expect(request.user == "u" && request.serviceTier == "flex")
        #expect(request.metadata == ["k": "v"])
    }

    @Test(
        "null counts as absence",
        arguments: [
            "max_tokens", "max_completion_tokens", "temperature", "top_p", "top_k", "stop", "n", "stream",
            "stream_options",
            "tools", "tool_choice", "functions", "function_call", "parallel_tool_calls", "response_format",
            "reasoning_effort",
            "thinking", "user", "metadata", "service_tier",
        ])
    func null(_ name: String) throws {
        let request = try parseChat(chatBody("\"\(name)\":null"))
        #expect(request.maxTokens == nil && request.stop.isEmpty && request.toolChoice == nil)
    }

    @Test(
        "values at the edges of their ranges are taken",
        arguments: [
            #""max_tokens":1"#, #""max_tokens":3.0"#, #""max_tokens":1000000000"#, #""temperature":2"#,
            #""temperature":2.0"#,
            #""temperature":0.0"#, #""top_p":0"#, #""top_p":1"#, #""top_k":0"#, #""top_k":-1"#, #""stop":"""#,
            #""stop":[]"#,
            #""stop":["a","b","c","d"]"#, #""n":1"#, #""n":128"#, #""stream_options":{}"#, #""tools":[]"#,
            #""response_format":{"type":"text"}"#, #""response_format":{"type":"json_object"}"#, #""metadata":{}"#,
            #""seed":-1,"logprobs":true,"logit_bias":{"50256":-100},"modalities":["text"]"#,
        ])
    func edges(_ members: String) {
        #expect(refusal(of: chatBody(members)) == nil)
    }

    @Test(
        "a value that cannot be used is refused, naming the field, what was found and what is needed",
        arguments: [
            (#""max_tokens":0"#, "max_tokens", "is 0; it must be a whole number from 1"),
            (#""max_tokens":-5"#, "max_tokens", "is -5"), (#""max_tokens":1.5"#, "max_tokens", "is 1.5"),
            (#""max_tokens":1e999"#, "max_tokens", "is 1e999"),
            (#""max_tokens":1e-9223372036854775808"#, "max_tokens", "is 1e-9223372036854775808"),
            (#""max_tokens":"9""#, "max_tokens", "not a string"),
            (#""max_completion_tokens":0,"max_tokens":5"#, "max_completion_tokens", "is 0"),
            (#""max_completion_tokens":5,"max_tokens":0"#, "max_tokens", "is 0"),
            (#""temperature":2.01"#, "temperature", "is 2.01; it must be a number from 0 to 2"),
            (#""temperature":-0.1"#, "temperature", "is -0.1"), (#""temperature":1e999"#, "temperature", "is 1e999"),
            (#""temperature":"hot""#, "temperature", "not a string"), (#""top_p":1.1"#, "top_p", "is 1.1"),
            (#""top_p":true"#, "top_p", "not a boolean"), (#""top_k":1.5"#, "top_k", "is 1.5"),
            (#""top_k":-2"#, "top_k", "is -2"),
            (#""stop":5"#, "stop", "must be a string or an array of strings, not a number"),
            (#""stop":["a",1]"#, "stop[1]", "must be a string, not a number"),
            (#""stop":["a","b","c","d","e"]"#, "stop", "has 5 sequences; at most 4"),
            (#""n":0"#, "n", "is 0"), (#""n":129"#, "n", "is 129"),
            (#""stream":"true""#, "stream", "must be true or false"),
            (#""stream":1"#, "stream", "not a number"),
            (#""stream_options":true"#, "stream_options", "must be an object"),
            (#""stream_options":{"include_usage":1}"#, "stream_options.include_usage", "must be true or false"),
            (#""parallel_tool_calls":"no""#, "parallel_tool_calls", "must be true or false"),
            (#""response_format":"json""#, "response_format", "must be an object, not a string"),
            (#""response_format":{}"#, "response_format.type", "is missing"),
            (#""response_format":{"type":"xml"}"#, "response_format.type", "is \"xml\""),
            (#""response_format":{"type":"json_schema"}"#, "response_format.json_schema", "is missing"),
            (
                #""response_format":{"type":"json_schema","json_schema":{"schema":{}}}"#,
                "response_format.json_schema.name", "is missing"
            ),
            (
                #""response_format":{"type":"json_schema","json_schema":{"name":"n","schema":[]}}"#,
                "response_format.json_schema.schema", "must be an object, not an array"
            ),
            (#""reasoning_effort":3"#, "reasoning_effort", "must be a string"),
            (#""thinking":true"#, "thinking", "must be an object"),
            (#""user":1"#, "user", "must be a string"),
            (#""metadata":[]"#, "metadata", "must be an object, not an array"),
            (#""service_tier":{}"#, "service_tier", "must be a string, not an object"),
        ])
    func invalid(_ members: String, _ param: String, _ fragment: String) throws {
        let error = try #require(refusal(of: chatBody(members)))
        #expect(error.status == 400)
        #expect(error.type == "invalid_request_error")
        #expect(error.param == param)
        #expect(error.message.hasPrefix(param))
        #expect(error.message.contains(fragment), "\(error.message)")
    }

    @Test(
        "a body without what every request needs is refused",
        arguments: [
            ("", nil, "invalid_json", "not valid JSON"), ("{", nil, "invalid_json", "at byte 1"),
            ("{'a':1}", nil, "invalid_json", "not valid JSON"),
            ("[]", nil, "invalid_type", "must be a JSON object, not an array"),
            ("null", nil, "invalid_type", "not null"), ("\"x\"", nil, "invalid_type", "not a string"),
            ("{}", "model", "missing_required_parameter", "model is missing"),
            (#"{"model":null,"messages":[]}"#, "model", "missing_required_parameter", "GET /v1/models"),
            (#"{"model":"","messages":[]}"#, "model", "invalid_value", "is empty"),
            (#"{"model":7}"#, "model", "invalid_type", "must be a string, not a number"),
            (#"{"model":"m"}"#, "messages", "missing_required_parameter", "messages is missing"),
            (#"{"model":"m","messages":null}"#, "messages", "missing_required_parameter", "messages is missing"),
            (#"{"model":"m","messages":[]}"#, "messages", "empty_array", "is empty"),
            (#"{"model":"m","messages":"hi"}"#, "messages", "invalid_type", "must be an array, not a string"),
            (
                #"{"model":"m","messages":{"role":"user"}}"#, "messages", "invalid_type",
                "must be an array, not an object"
            ),
        ] as [(String, String?, String, String)])
    func missing(_ body: String, _ param: String?, _ code: String, _ fragment: String) throws {
        let error = try #require(refusal(of: body))
        #expect(error.status == 400)
        #expect(error.param == param)
        #expect(error.code == code)
        #expect(error.message.contains(fragment), "\(error.message)")
    }

    @Test("a long value is repeated only in part")
    func longValue() throws {
        let role = String(repeating: "x", count: 100_000)
        let error = try #require(refusal(of: #"{"model":"m","messages":[{"role":"\#(role)","content":""}]}"#))
        #expect(error.param == "messages[0].role")
        #expect(error.message.utf8.count < 300)
    }
}
