import Core
import EventLoop
import TestSupport
import Testing

@testable import Providers

@Suite("Whole answers in OpenAI's dialect")
struct OpenAIAnswerTests {
    private static let request = ChatRequest(model: "asked", messages: [ChatMessage(.user, [.text("hi")])])

    @Test("Become events, with the document beside them")
    func answer() async throws {
        try await onLoop {
            let upstream = FakeUpstream()
            let document =
                #"{"id":"x","choices":[{"index":0,"message":{"content":"hi","reasoning_content":"hm","tool_calls":"#
                + #"[{"id":"a","type":"function","function":{"name":"f","arguments":"{}"}},"#
                + #"{"id":"b","type":"function","function":{"name":"g","arguments":""}}]},"#
                + #""finish_reason":"tool_calls"}],"#
                + #""usage":{"prompt_tokens":3,"completion_tokens":4,"total_tokens":7}}"#
            upstream.answer(document)
            let (deltas, error) = await upstream.call(Self.request)
            #expect(error == nil)
            #expect(
                deltas.flatMap(\.events) == [
                    .reasoning("hm"), .text("hi"), .toolStart(index: 0, id: "a", name: "f"),
                    .toolArguments(index: 0, text: "{}"), .toolStart(index: 1, id: "b", name: "g"),
                    .toolEnd(index: 0), .toolEnd(index: 1), .finish(.toolCalls),
                    .usage(TokenUsage(input: 3, output: 4)),
                ])
            #expect(deltas.first?.openAI.map { JSONValue.object($0).text } == [document])
        }
    }

    @Test(
        "Count usage as each upstream writes it",
        arguments: [
            (#"{"prompt_tokens":10,"completion_tokens":2}"#, TokenUsage(input: 10, output: 2)),
            (
                #"{"prompt_tokens":10,"completion_tokens":2,"prompt_tokens_details":{"cached_tokens":4}}"#,
                TokenUsage(input: 6, output: 2, cacheRead: 4)
            ),
            (
                #"{"prompt_tokens":10,"completion_tokens":2,"prompt_cache_hit_tokens":4}"#,
                TokenUsage(input: 6, output: 2, cacheRead: 4)
            ),
            (
                #"{"prompt_tokens":10,"completion_tokens":2,"#
                    + #""prompt_tokens_details":{"cached_tokens":4,"cache_creation_tokens":5}}"#,
                TokenUsage(input: 1, output: 2, cacheRead: 4, cacheWrite: 5)
            ),
            (#"{"prompt_tokens":10,"total_tokens":13}"#, TokenUsage(input: 10, output: 3)),
            (
                #"{"prompt_tokens":1,"completion_tokens":2,"prompt_tokens_details":{"cached_tokens":9}}"#,
                TokenUsage(output: 2, cacheRead: 1)
            ),
            (#"{"prompt_tokens":-5,"completion_tokens":1e30}"#, TokenUsage()),
            (#"{"prompt_tokens":99999999999}"#, TokenUsage(input: 1_000_000_000)), (#"{}"#, nil), ("null", nil),
        ] as [(String, TokenUsage?)])
    func usage(_ usage: String, _ expected: TokenUsage?) async throws {
        try await onLoop {
            let upstream = FakeUpstream()
            upstream.answer(#"{"choices":[{"message":{"content":"a"},"finish_reason":"stop"}],"usage":\#(usage)}"#)
            let (deltas, _) = await upstream.call(Self.request)
            let counted = deltas.flatMap(\.events).compactMap { event -> TokenUsage? in
                if case .usage(let usage) = event { usage } else { nil }
            }
            #expect(counted.first == expected)
        }
    }

    @Test("That cannot be read are the provider's trouble")
    func unreadable() async throws {
        try await onLoop {
            for text in ["<html>hi</html>", "", "[]", "{}", #"{"choices":[]}"#, #"{"error":{"message":"x"}}"#] {
                let upstream = FakeUpstream()
                upstream.answer(text)
                #expect(await upstream.call(Self.request).error?.status == 502, "\(text)")
            }
            let cut = FakeUpstream()
            cut.answer(#"{"choices""#)
            cut.steps.append(.fail(.cut("reset")))
            #expect(await cut.call(Self.request).error?.code == GatewayError.truncatedCode)
        }
    }

    @Test(
        "Refusals keep their meaning",
        arguments: [
            (401, #"{"error":{"message":"Incorrect key sk-secret-0123456789"}}"#, 502, "upstream_auth"),
            (403, "", 502, "upstream_auth"), (402, "", 502, "upstream_quota"),
            (404, "<html>", 404, "model_not_found"), (408, "", 504, "upstream_timeout"),
            (413, "", 413, "request_too_large"), (422, #"{"detail":"bad"}"#, 400, "invalid_value"),
            (400, #"{"error":{"code":"context_length_exceeded","message":"m"}}"#, 400, "context_length_exceeded"),
            (400, #"{"error":{"code":"Not An Identifier!","message":"m"}}"#, 400, "invalid_value"),
            (429, "{}", 429, "rate_limit_exceeded"),
            (429, #"{"error":{"code":"insufficient_quota"}}"#, 502, "upstream_quota"),
            (500, "oops", 502, "upstream_error"), (502, "", 502, "upstream_error"), (503, "", 503, "overloaded"),
            (504, "", 504, "upstream_timeout"), (529, "", 503, "overloaded"), (302, "", 502, "upstream_error"),
        ])
    func refusals(_ status: Int, _ body: String, _ expected: Int, _ code: String) async throws {
        try await onLoop {
            let upstream = FakeUpstream()
            upstream.answer(body, status: status, type: nil)
            let config: JSONObject = ["baseURL": "https://up.example", "apiKey": "sk-secret-0123456789"]
            let (_, error) = await upstream.call(Self.request, config)
            #expect(error?.status == expected)
            #expect(error?.code == code)
            #expect(error?.message.contains("sk-secret") == false)
            #expect(error?.cause?.contains("sk-secret") != true)
            #expect(error?.providerText?.contains("sk-secret") != true)
        }
    }

    @Test("A refusal of the request carries the upstream's words and field, without what they must not tell")
    func words() async throws {
        try await onLoop {
            let upstream = FakeUpstream()
            upstream.answer(
                #"{"error":{"message":"bad tools for arn:aws:x:1:y with sk-secret-0123456789","param":"tools[0]"}}"#,
                status: 400)
            let config: JSONObject = ["baseURL": "https://up.example", "apiKey": "sk-secret-0123456789"]
            let (_, error) = await upstream.call(Self.request, config)
            #expect(error?.message == "bad tools for **** with ****")
            #expect(error?.param == "tools[0]")
            let long = String(repeating: "x", count: 990)
            upstream.answer(#"{"error":{"message":"\#(long)sk-secret-0123456789"}}"#, status: 400)
            let (_, cut) = await upstream.call(Self.request, config)
            #expect(cut?.message == long + "****")
        }
    }

    @Test("Retry-After is passed on in whole seconds")
    func retryAfter() async throws {
        try await onLoop {
            for (value, seconds) in [("7", 7), ("0.2", 1), ("99999", 3600), ("Wed, 21 Oct 2026", 1), ("-1", 1)] {
                let upstream = FakeUpstream()
                upstream.answer("", status: 429, type: nil)
                upstream.headers["Retry-After"] = value
                #expect(await upstream.call(Self.request).error?.retryAfterSeconds == seconds)
            }
        }
    }

    @Test(
        "Failures below HTTP have their own statuses",
        arguments: [
            (TransportError.connect("refused"), 502, "upstream_unreachable"),
            (.timeout(.connect), 504, "upstream_timeout"), (.timeout(.firstByte), 504, "upstream_timeout"),
            (.cut("reset"), 502, "upstream_error"), (.cancelled, 499, "cancelled"),
            (.badRequest("url"), 500, "upstream_error"), (.tooLarge, 502, "upstream_error"),
        ])
    func transport(_ failure: TransportError, _ status: Int, _ code: String) async throws {
        try await onLoop {
            let upstream = FakeUpstream()
            upstream.sendError = failure
            let (_, error) = await upstream.call(Self.request)
            #expect(error?.status == status)
            #expect(error?.code == code)
        }
    }
}
