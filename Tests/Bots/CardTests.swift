import Core
import Testing

@testable import Bots

@Suite("An answer in cards")
struct CardTests {
    private static func size(_ page: String) -> Int {
        FeishuCard.content(markdown: CardMarkdown.render(page)).utf8.count
    }

    @Test("is in pieces that each fit, that together are all of it, and that stay as they are while it grows")
    func pages() {
        let sources = [
            String(repeating: "word \"quoted\" <at id=all> ", count: 8000), String(repeating: "长", count: 30_000),
            String(repeating: "\u{2028}\"\\\n", count: 9000), String(repeating: "| a | b |\n", count: 9000),
            String(repeating: "x", count: 100_000), "", "short",
        ]
        for text in sources {
            let pages = CardPages.split(text)
            #expect(pages.allSatisfy { Self.size($0) <= FeishuCard.largest })
            #expect(pages.joined().filter { $0 != "\n" } == text.filter { $0 != "\n" })
            for length in stride(from: 0, to: text.count, by: 9973) {
                let earlier = CardPages.split(String(text.prefix(length)))
                #expect(Array(pages.prefix(earlier.count - 1)) == Array(earlier.dropLast()))
            }
        }
        #expect(CardPages.split(sources[4]).count == 4)
    }

    @Test("closes a code block at the end of a card and opens it again in the next, and cuts after lines")
    func fences() {
        let text = "```swift\n" + String(repeating: "let a = 1\n", count: 20) + "```\nend"
        let pages = CardPages.split(text, limit: 120)
        #expect(pages.count > 2)
        for page in pages.dropLast() {
            #expect(page.hasPrefix("```swift\n") && page.hasSuffix("\n```"))
            #expect(page.split(separator: "\n").allSatisfy { ["let a = 1", "```swift", "```"].contains($0) })
        }
        #expect(pages.last?.hasSuffix("```\nend") == true)
    }

    @Test("calls nobody, shows no images by address, and no more tables than a card may have")
    func markdown() {
        #expect(CardMarkdown.render("<at id=all></at> a < b `<b>`") == "&#60;at id=all>&#60;/at> a < b `<b>`")
        #expect(CardMarkdown.render("![x](http://y)") == "[x](http://y)")
        #expect(CardMarkdown.render("a<br>b!") == "a<br>b!")
        #expect(CardMarkdown.render("```\n<b>\n![x](y)\n```") == "```\n<b>\n![x](y)\n```")
        #expect(CardMarkdown.render("```\nopen") == "```\nopen\n```")
        let tables = Array(repeating: "| a |\n|---|\n| 1 |", count: 6).joined(separator: "\n\n")
        let rendered = CardMarkdown.render(tables)
        #expect(rendered.split(separator: "\n").count { $0 == "```" } == 4)
        #expect(rendered.hasSuffix("```\n| a |\n|---|\n| 1 |\n```"))
    }

    @Test(
        "has no tag that could call people, whatever is taken for code",
        arguments: [
            "<at id=all></at>", "`<at id=all>", "`` <at id=all> `", "``` x ``` <at id=all>", "```x`\n<at id=all>",
            "```\n```swift\n<at id=all>", "`<at id=all>`", "```\n<at id=all>\n```", "<AT id=all>", "<person id=x>",
            "a\n    ```\n<at id=all>", "| <at id=all> |", "`a`<at id=all>`b`", "````\n```\n<at id=all>\n````",
        ])
    func calls(_ text: String) {
        let rendered = CardMarkdown.render(text)
        let tags = ["<at", "</at", "<person"]
        #expect(!tags.contains { rendered.lowercased().contains($0) }, "\(rendered)")
        let many = String(repeating: "| a |\n|---|\n\n", count: 6)
        #expect(!tags.contains { CardMarkdown.render(many + text).lowercased().contains($0) })
        #expect(Self.size(String(repeating: text, count: 10)) <= FeishuCard.largest)
    }

    @Test("makes links of images however many stand in a line, and leaves what is none")
    func images() {
        #expect(CardMarkdown.render("![a](u) ![b ![c](v) ![d") == "[a](u) [b [c](v) ![d")
        #expect(CardMarkdown.render("![x](y) <BR/> <br> <bra>") == "[x](y) <BR/> <br> &#60;bra>")
    }

    @Test("keeps code as it is, and knows where it ends")
    func code() {
        for text in ["`a < b`", "``a ` <b>``", "```swift\nlet a: Array<Int>\n```", "```\n![x](y)\n```swift\n<b>\n```"] {
            #expect(CardMarkdown.render(text) == text)
        }
        #expect(CardMarkdown.render("```a``` <b>") == "```a``` &#60;b>")
        #expect(CardMarkdown.render("`<b>") == "`&#60;b>")
    }

    @Test("is in the language of the question")
    func language() {
        #expect(BotLanguage(of: "你好 world", host: "") == .chinese)
        #expect(BotLanguage(of: "hello", host: "") == .english)
        #expect(BotLanguage(of: "", host: "https://open.larksuite.com") == .english)
        #expect(BotLanguage(of: "", host: "https://open.feishu.cn") == .chinese)
        let error = GatewayError.upstream("arn:aws:secret", cause: "internal")
        for language in [BotLanguage.english, .chinese] {
            #expect(!BotText.failure(language, error).contains("arn"))
            #expect(BotText.failure(language, error) != BotText.failure(language, .insufficientQuota("x")))
        }
    }

    @Test("begins with a command only when the text is one")
    func commands() {
        #expect(BotCommand("/new") == .newSession && BotCommand(" /RESET ") == .newSession)
        #expect(BotCommand("/model claude/x") == .changeModel("claude/x") && BotCommand("/model") == .listModels)
        #expect(BotCommand("/help") == .help)
        for text in ["/etc/passwd", "new", "/new one", "/help me please", ""] { #expect(BotCommand(text) == nil) }
    }
}
