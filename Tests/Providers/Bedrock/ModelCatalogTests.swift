import Core
import FoundationEssentials
import Testing

@testable import Providers

@Suite struct ModelCatalogTests {
    private func capabilities(_ id: String, base: String? = nil) -> ModelCapabilities {
        ModelIdentity(id, base: base).capabilities
    }

    @Test(
        "A model is found through profiles, ARNs and the operator's word for what is behind an id",
        arguments: [
            ("anthropic.claude-sonnet-4-5-20250929-v1:0", nil), ("us.anthropic.claude-sonnet-4-5-20250929-v1:0", nil),
            ("global.anthropic.claude-sonnet-4-5-20250929-v1:0", nil),
            (
                "arn:aws:bedrock:us-east-1:123456789012:inference-profile/eu.anthropic.claude-sonnet-4-5-20250929-v1:0",
                nil
            ),
            ("arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-sonnet-4-5-20250929-v1:0", nil),
            (
                "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc",
                "apac.anthropic.claude-sonnet-4-5-20250929-v1:0"
            ),
        ] as [(String, String?)])
    func identity(id: String, base: String?) {
        #expect(capabilities(id, base: base) == ModelCatalog.capabilities(of: "anthropic.claude-sonnet-4-5"))
        #expect(capabilities(id, base: base).reasoning == .budget)
    }

    @Test("The longest row counts; unknown models get what is safe")
    func rows() {
        #expect(capabilities("anthropic.claude-sonnet-4-20250514-v1:0").sampling == .both)
        #expect(capabilities("anthropic.claude-opus-4-1-20250805-v1:0").sampling == .one)
        #expect(capabilities("anthropic.claude-sonnet-9").sampling == .none)
        #expect(capabilities("us.amazon.nova-2-lite-v1:0").reasoning == .nova)
        #expect(capabilities("us.amazon.nova-lite-v1:0").reasoning == .none)
        #expect(capabilities("who.knows-1") == ModelCapabilities())
        #expect(
            capabilities("arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc")
                == ModelCapabilities())
        #expect(Set(ModelCatalog.rows.map(\.prefix)).count == ModelCatalog.rows.count)
    }

    @Test("The operator's word wins over the table, and says what is wrong by member")
    func overrides() throws {
        let config = try BedrockConfig([
            "modelId": "meta.llama3-1-70b-instruct-v1:0",
            "capabilities": [
                "tools": "named", "images": true, "minOutput": 8, "efforts": ["low"], "reasoning": "reasoning_effort",
            ],
        ])
        #expect(config.capabilities.tools == .named)
        #expect(config.capabilities.images)
        #expect(config.capabilities.minOutput == 8)
        #expect(config.capabilities.reasoning == .effortWord)
        #expect(config.capabilities.stopSequences)
        let wrong: [(JSONObject, String)] = [
            (["tools": "all"], "tools"), (["images": "yes"], "images"), (["efforts": ["huge"]], "efforts"),
            (["efforts": []], "efforts"), (["minOutput": 0], "minOutput"), (["vision": true], "vision"),
        ]
        for (members, name) in wrong {
            let error = #expect(throws: GatewayError.self) {
                try BedrockConfig(["modelId": "m", "capabilities": .object(members)])
            }
            #expect(error?.param == "config.capabilities.\(name)")
        }
    }

    @Test("Every row survives being written as an override and read again")
    func roundTrip() throws {
        for row in ModelCatalog.rows {
            var read = ModelCapabilities()
            try read.apply(row.capabilities.json)
            #expect(read == row.capabilities)
            #expect(row.capabilities.json.members.allSatisfy { ModelCapabilities.members.contains($0.name) })
        }
    }

    @Test("docs/models.md names every override and shows the table as it is")
    func documentation() throws {
        let root = #filePath.split(separator: "/").dropLast(4).joined(separator: "/")
        let text = String(decoding: try Data(contentsOf: URL(filePath: "/\(root)/docs/models.md")), as: UTF8.self)
        for member in ModelCapabilities.members { #expect(text.contains("| `\(member)` |")) }
        let table = Self.table
        #expect(text.contains(table), "docs/models.md should have this table:\n\(table)")
    }

    /// The table of docs/models.md.
    private static var table: String {
        var lines = [
            "| id begins with | parts | tools | structured output | reasoning | sampling | caching | else |",
            "|---|---|---|---|---|---|---|---|",
            line("(any other)", ModelCatalog.unknown),
        ]
        lines += ModelCatalog.rows.sorted { $0.prefix < $1.prefix }.map { line("`\($0.prefix)`", $0.capabilities) }
        return lines.joined(separator: "\n")
    }

    private static func line(_ name: String, _ model: ModelCapabilities) -> String {
        func list(_ words: [(Bool, String)]) -> String { words.filter(\.0).map(\.1).joined(separator: ", ") }
        let hasEfforts = model.reasoning != .none && model.reasoning != .asSent && model.reasoning != .budget
        let cells = [
            name,
            list([
                (true, "text"), (model.images, "images"), (model.documents, "documents"), (model.audio, "audio"),
                (model.toolResultMedia, "in tool results too"),
            ]),
            list([(true, model.tools.rawValue), (model.strictTools, "strict"), (model.parallelSwitch, "one at a time")]
            ),
            model.structuredOutput.rawValue,
            model.reasoning.rawValue + (hasEfforts ? ": " + model.efforts.joined(separator: ", ") : ""),
            list([(true, model.sampling.rawValue), (model.topK != .none, "top_k")]),
            list([(true, model.cachePoints.rawValue), (model.cacheTTL, "1h")]),
            list([
                (!model.stopSequences, "no stop"), (!model.prefill, "no prefill"),
                (model.minOutput > 1, "at least \(model.minOutput) tokens"),
                (model.maxOutput != nil, "at most \(model.maxOutput ?? 0)"),
            ]),
        ]
        return "| " + cells.joined(separator: " | ") + " |"
    }
}
