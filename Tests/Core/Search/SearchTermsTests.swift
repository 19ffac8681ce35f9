import Core
import Testing

@Suite("Search terms")
struct SearchTermsTests {
    private func words(_ text: String...) -> SearchTerms.Term { .words(text) }
    private func run(_ text: String) -> SearchTerms.Term { .run(Array(text.unicodeScalars)) }

    @Test("are words where there are spaces, runs where there are none, and groups where punctuation joins")
    func kinds() {
        #expect(SearchTerms("gateway timeout").terms == [words("gateway"), words("timeout")])
        #expect(SearchTerms("gpt-4o").terms == [words("gpt", "4o")])
        #expect(SearchTerms("数据库").terms == [run("数据库")])
        #expect(SearchTerms("用Swift写，网关").terms == [run("用"), words("Swift"), run("写"), run("网关")])
        #expect(SearchTerms("カタカナ ひらがな 한국어").terms == [run("カタカナ"), run("ひらがな"), run("한국어")])
        #expect(SearchTerms("Übung № 42").terms == [words("Übung"), words("42")])
        #expect(SearchTerms("e\u{301}t\u{e9}").terms == [words("e\u{301}t\u{e9}")])
    }

    @Test(
        "have nothing of punctuation, control characters and characters of private use",
        arguments: [
            "", "   ", "\"*()^:-+{}", "，。！？", "\0", "\u{E000}", "🦀", "\u{FFFD}",
        ])
    func nothing(text: String) {
        #expect(SearchTerms(text).isEmpty)
    }

    @Test("cut words that are too long, and say when they are too many")
    func bounds() {
        let long = String(repeating: "a", count: 1000)
        #expect(SearchTerms(long).terms == [words(String(repeating: "a", count: TextSegments.longestWord))])
        let many = Array(repeating: "w", count: SearchTerms.limit).joined(separator: " ")
        #expect(!SearchTerms(many).isTooMany)
        #expect(SearchTerms(many + " w").isTooMany)
    }
}
