import Core
import EventLoop
import TestSupport
import Testing

@testable import Gateway
@testable import Providers

@Suite("The hold of a call")
struct HoldEstimateTests {
    @Test(
        "Is computed from the parts of the prompt",
        arguments: [
            // name, parts, tokens without and with the messages' allowance
            ("one byte", [ContentPart.text("a")], 1, 9),
            ("three bytes", [.text("abc")], 1, 9),
            ("four bytes", [.text("abcd")], 2, 10),
            ("bytes of UTF-8, not characters", [.text("日本")], 2, 10),
            ("nothing", [], 0, 8),
            ("two texts are summed before they are divided", [.text("a"), .text("bc")], 1, 9),
            ("an image", [ContentPart(.image(.url("https://x/y.png")))], 1600, 1608),
            (
                "a text document by its bytes",
                [ContentPart(.document(.base64("YWJjZGVm", mediaType: "text/plain"), name: nil))], 2, 10
            ),
            (
                "a small PDF as one page",
                [ContentPart(.document(.base64("YWJjZGVm", mediaType: "application/pdf"), name: nil))], 3000, 3008
            ),
            (
                "a PDF of 64 KiB and a little as three pages",
                [
                    ContentPart(
                        .document(
                            .base64(String(repeating: "A", count: 87_384), mediaType: "application/pdf"), name: "n"))
                ], 9000, 9008
            ),
            ("a document behind an address", [ContentPart(.document(.url("https://x"), name: nil))], 60_000, 60_008),
            (
                "sound", [ContentPart(.audio(.base64(String(repeating: "A", count: 800), mediaType: "audio/wav")))],
                4, 12
            ),
            ("a tool call", [ContentPart(.toolUse(ToolUse(id: "1", name: "abc", arguments: "{}{}{}")))], 3, 11),
            (
                "the parts of a tool's result",
                [
                    ContentPart(
                        .toolResult(
                            ToolResult(
                                toolUseID: "1", parts: [.text("abc"), ContentPart(.image(.url("https://x")))])))
                ], 1601, 1609
            ),
        ])
    func promptSize(_ name: String, _ parts: [ContentPart], _ tokens: Int, _ held: Int) {
        let size = PromptSize(ChatRequest(model: "m", messages: [ChatMessage(.user, parts)]))
        #expect(size.tokens == tokens, "\(name)")
        #expect(size.tokensToHold == held, "\(name)")
    }

    @Test("Counts the definitions of tools and the schema of the answer")
    func tools() {
        var request = ChatRequest(model: "m", messages: [])
        let before = PromptSize(request).tokens
        request.tools = [
            ToolDefinition(name: "look", description: "Looks.", parameters: ["type": "object", "properties": [:]])
        ]
        let withTool = PromptSize(request).tokens
        request.responseFormat = ["type": "json_schema", "json_schema": ["name": "x", "schema": ["type": "object"]]]
        #expect(before == 0)
        #expect(withTool >= (4 + 6 + #"{"type":"object","properties":{}}"#.utf8.count) / 3)
        #expect(PromptSize(request).tokens > withTool)
    }

    @Test("Adds input and output, and rounds up")
    func amount() {
        let three = Money.dollars("3")
        let fifteen = Money.dollars("15")
        #expect(HoldEstimate.amount(input: 12, at: three, output: 100, at: fifteen).nanodollars == 1_536_000)
        let tiny = Money(nanodollars: 1)
        #expect(HoldEstimate.amount(input: 1, at: tiny, output: 0, at: tiny).nanodollars == 1)
        #expect(HoldEstimate.amount(input: 0, at: three, output: 0, at: fifteen) == .zero)
        #expect(HoldEstimate.amount(input: .max, at: .maximum, output: 1 << 63, at: .maximum) == .maximum)
    }

    @Test("Takes the output that was asked for, else the model's setting, else what its provider knows, else 4,096")
    func output() async throws {
        try await onLoop {
            // asked, config.maxTokens, known, quota -> held output, sent upstream
            let quota = Money.dollars("1")
            let cases: [(Int?, Int?, Int?, Money?, Int, Int?)] = [
                (100, 200, 300, quota, 100, 100), (nil, 200, 300, quota, 200, 200), (nil, nil, 300, quota, 300, 300),
                (nil, nil, nil, quota, 4096, 4096), (100, 200, 300, nil, 100, 100), (nil, nil, 300, nil, 300, nil),
                (nil, nil, nil, nil, 4096, nil), (nil, 200, nil, nil, 200, 200), (0, nil, nil, nil, 1, 0),
            ]
            for (asked, configured, known, quota, output, sent) in cases {
                var config: JSONObject = [:]
                if let configured { config["maxTokens"] = .int(configured) }
                let bench = Bench(config: config, quota: quota, maximum: known)
                bench.provider.steps = [.tell(ChatDelta([.text("a"), .finish(.stop)]))]
                var request = ChatRequest.hello
                request.maxTokens = asked
                _ = await bench.chat(request)
                // Without a quota nothing can refuse the call, and nothing is held.
                let held = quota.map { _ in 12 * 3_000 + Int64(output) * 15_000 }
                #expect(bench.ledger.holds.count == [held].compactMap { $0 }.count)
                #expect(bench.ledger.holds.first?.amount?.nanodollars == held)
                #expect(bench.provider.targets.first?.maxTokens == sent)
            }
        }
    }

    @Test("Counts each of several answers, and prices a cached prompt at its dearest")
    func answersAndCache() async throws {
        try await onLoop {
            let bench = Bench()
            var request = ChatRequest.hello
            request.maxTokens = 10
            request.openAIBody = ["n": 3]
            _ = await bench.chat(request)
            #expect(bench.ledger.holds.first?.amount == Money(nanodollars: 12 * 3_000 + 30 * 15_000))

            request.openAIBody = nil
            request.messages[0].parts[0].cacheControl = ["type": "ephemeral"]
            let marked = Bench()
            _ = await marked.chat(request)
            #expect(marked.ledger.holds.first?.amount == Money(nanodollars: 12 * 6_000 + 10 * 15_000))

            request.messages[0].parts[0].cacheControl = nil
            let configured = Bench(config: ["promptCache": true])
            _ = await configured.chat(request)
            #expect(configured.ledger.holds.first?.amount == Money(nanodollars: 12 * 6_000 + 10 * 15_000))
        }
    }
}
