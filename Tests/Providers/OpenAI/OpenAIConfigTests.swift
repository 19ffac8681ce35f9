import Core
import EventLoop
import TestSupport
import Testing

@testable import Providers

@Suite("The configuration of an openai-compatible model")
struct OpenAIConfigTests {
    @Test(
        "Is refused by the name of the member at fault",
        arguments: [
            ([:], "config.baseURL"), (["baseURL": 7], "config.baseURL"),
            (["baseURL": "api.openai.com/v1"], "config.baseURL"), (["baseURL": "ftp://h/v1"], "config.baseURL"),
            (["baseURL": "https://"], "config.baseURL"), (["baseURL": "https:///v1"], "config.baseURL"),
            (["baseURL": "https://u:p@h"], "config.baseURL"), (["baseURL": "https://h/v1?x=1"], "config.baseURL"),
            (["baseURL": "https://h/#f"], "config.baseURL"), (["baseURL": "https://h h"], "config.baseURL"),
            (["baseURL": "https://h\r\nX: y"], "config.baseURL"), (["baseURL": "https://h:0"], "config.baseURL"),
            (["baseURL": "https://h:99999"], "config.baseURL"), (["baseURL": "https://[::1"], "config.baseURL"),
            (["baseURL": "https://h", "colour": 1], "config.colour"),
            (["baseURL": "https://h", "apiKey": ""], "config.apiKey"),
            (["baseURL": "https://h", "apiKey": "a\nb"], "config.apiKey"),
            (["baseURL": "https://h", "headers": ["a": 1]], "config.headers.a"),
            (["baseURL": "https://h", "headers": ["a b": "c"]], "config.headers.a b"),
            (["baseURL": "https://h", "headers": ["Host": "c"]], "config.headers.Host"),
            (["baseURL": "https://h", "query": ["a": true]], "config.query.a"),
            (["baseURL": "https://h", "authHeader": "a:b"], "config.authHeader"),
            (["baseURL": "https://h", "timeouts": ["total_ms": 0]], "config.timeouts.total_ms"),
            (["baseURL": "https://h", "timeouts": ["soon": 1]], "config.timeouts.soon"),
            (["baseURL": "https://h", "maxRetries": 11], "config.maxRetries"),
        ] as [(JSONObject, String)])
    func refused(_ config: JSONObject, _ param: String) async throws {
        try await onLoop {
            let provider = OpenAICompatibleProvider(transport: FakeUpstream())
            let error = #expect(throws: GatewayError.self) { try provider.check(config) }
            #expect(error?.status == 400)
            #expect(error?.param == param)
            #expect(error?.message.hasPrefix(param) == true)
        }
    }

    @Test(
        "Takes an address with or without what ends it",
        arguments: [
            ("https://h/v1", "https://h/v1/chat/completions"), ("https://h/v1/", "https://h/v1/chat/completions"),
            ("http://127.0.0.1:8000", "http://127.0.0.1:8000/chat/completions"),
            ("http://[::1]:8000/v1//", "http://[::1]:8000/v1/chat/completions"),
            ("HTTPS://h/v1/chat/completions", "https://h/v1/chat/completions"),
        ])
    func address(_ text: String, _ url: String) throws {
        #expect(try OpenAIBaseURL.check(text).completions == url)
        #expect(try OpenAIConfig(["baseURL": .string(text)]).url == url)
    }

    @Test("Accepts every documented member together")
    func complete() async throws {
        try await onLoop {
            let provider = OpenAICompatibleProvider(transport: FakeUpstream())
            try provider.check([
                "baseURL": "https://h", "apiKey": "k", "model": "m", "headers": ["X-A": "b"], "query": ["a": "b"],
                "authHeader": "Authorization", "timeouts": ["connect_ms": 1], "maxRetries": 2, "maxTokens": 9,
                "fallbacks": ["x"], "allowOverride": false,
            ])
        }
    }

    @Test("That was stored broken is the operator's trouble at a call, and its cause stays in the log")
    func brokenInStorage() async throws {
        try await onLoop {
            let request = ChatRequest(model: "m", messages: [])
            let (_, error) = await FakeUpstream().call(request, ["baseURL": "nonsense"])
            #expect(error?.status == 500)
            #expect(error?.code == "model_misconfigured")
            #expect(error?.cause?.contains("baseURL") == true)
        }
    }
}
