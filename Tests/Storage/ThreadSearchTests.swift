import Core
import EventLoop
import TestSupport
import Testing

@testable import Storage

@Suite("Search over threads", .timeLimit(.minutes(1)))
struct ThreadSearchTests {
    /// Texts by the request that carries them.
    static let texts = [
        "en": "Please restart the Gateway, then check its logs.",
        "zh": "我们的网关支持数据库迁移，请检查配置。",
        "mixed": "用Swift写的API网关v2.1版本",
        "accents": "Crème brûlée à la carte, ÜBUNG",
        "digits": "order 20261121 costs 42 dollars",
        "ja": "データベースの検索をする",
        "ko": "데이터베이스 검색",
        "code": "let x = foo_bar(baz: \"100% sure\")",
        "single": "好",
    ]

    struct Example: Sendable, CustomTestStringConvertible {
        let query: String
        let found: Set<String>
        var testDescription: String { query }
        init(_ query: String, _ found: Set<String>) {
            self.query = query
            self.found = found
        }
    }

    static let examples = [
        Example("gateway", ["en"]), Example("GATEWAY", ["en"]), Example("gatew", ["en"]), Example("ateway", []),
        Example("restart logs", ["en"]), Example("logs restart", ["en"]), Example("restart missing", []),
        Example("网关", ["zh", "mixed"]), Example("数据", ["zh"]), Example("据库", ["zh"]), Example("数据库迁移", ["zh"]),
        Example("数库", []), Example("库请", []), Example("网关 配置", ["zh"]), Example("移，请", ["zh"]),
        Example("swift", ["mixed"]), Example("用Swift写", ["mixed"]), Example("API网关", ["mixed"]),
        Example("v2.1", ["mixed"]), Example("v2.9", []), Example("版", ["mixed"]), Example("本", ["mixed"]),
        Example("creme brulee", ["accents"]), Example("CRÈME", ["accents"]), Example("übung", ["accents"]),
        Example("20261121", ["digits"]), Example("2026", ["digits"]), Example("42", ["digits"]), Example("4", []),
        Example("ベース", ["ja"]), Example("検索", ["ja"]), Example("する", ["ja"]),
        Example("데이터", ["ko"]), Example("검색", ["ko"]), Example("베이", ["ko"]),
        Example("foo_bar", ["code"]), Example("bar foo", ["code"]), Example("100%", ["code"]), Example("baz", ["code"]),
        Example("好", ["single"]), Example("的", ["zh", "mixed"]),
    ]

    /// What FTS5 would take for its own language.
    static let hostile = [
        "gateway OR order", "gateway NOT logs", "NEAR(gateway logs)", "text:gateway", "^gateway", "gateway*",
        "\"gateway",
        "gateway\" OR \"order", "{text}:gateway", "-gateway", "thread_search", "'; DROP TABLE threads; --", "AND", "(",
        "\u{E000}k1", "a\0b",
    ]

    @LoopActor
    private func fill(_ storage: SQLiteStorage, _ fixture: Fixture) async throws {
        let key = try await storage.create(.sample("Ada", seed: 1), by: fixture.operatorOfTests)
        for (index, (request, text)) in Self.texts.sorted(by: { $0.key < $1.key }).enumerated() {
            try await storage.spend(.zero, key, fixture, request: request) { call in
                if index.isMultiple(of: 2) { call.prompt = text } else { call.completion = text }
            }
        }
    }

    @LoopActor
    private func find(_ query: String, _ storage: SQLiteStorage) async throws -> Set<String> {
        let page = try await storage.threads(ThreadFilter(text: query), page: PageRequest(limit: 1000))
        #expect(page.total == page.items.count && !page.isTotalCapped)
        return Set(page.items.map(\.requestID))
    }

    @Test("finds words, beginnings of the last one, and any part of a sentence without spaces")
    func examples() async throws {
        try await withStorage { storage, fixture in
            try await fill(storage, fixture)
            #expect(try await storage.indexNextThreads())
            #expect(try await !storage.indexNextThreads())
            for example in Self.examples {
                let found = try await find(example.query, storage)
                #expect(found == example.found, "\(example.query)")
            }
        }
    }

    @Test("takes nothing that is typed for a language of its own")
    func hostile() async throws {
        try await withStorage { storage, fixture in
            try await fill(storage, fixture)
            try await storage.indexNextThreads()
            for query in Self.hostile { _ = try await find(query, storage) }
            #expect(try await find("gateway OR order", storage) == [])
            #expect(try await find("^gateway", storage) == ["en"])
            #expect(try await find("\u{E000}k1", storage) == [], "the token of the key is none that can be typed")
            #expect(try await find("(", storage) == [])
        }
    }

    @Test("finds a thread at once, before it is in the index, and only once after")
    func fresh() async throws {
        try await withStorage { storage, fixture in
            try await fill(storage, fixture)
            for query in ["gateway", "数据库", "网关 配置", "foo_bar", "gateway missing"] {
                let before = try await find(query, storage)
                try await storage.indexNextThreads()
                #expect(try await find(query, storage) == before)
                #expect(before.isEmpty == (query == "gateway missing"))
            }
            let key = try #require(try storage.key(KeyID(rawValue: 1), fixture))
            try await storage.spend(.zero, key, fixture, request: "late") { $0.completion = "gateway" }
            #expect(try await find("gateway", storage) == ["en", "late"])
            try await storage.indexNextThreads()
            #expect(try await find("gateway", storage) == ["en", "late"])
        }
    }

    @Test("goes with the other filters, in every order")
    func filters() async throws {
        try await withStorage { storage, fixture in
            let me = fixture.operatorOfTests
            let ada = try await storage.create(.sample("Ada", seed: 1), by: me)
            let bob = try await storage.create(.sample("Bob", seed: 2), by: me)
            let session = SessionReference(key: "s", title: "Title")
            let start = fixture.clock.now
            for (index, key) in [ada, bob, ada, bob, ada].enumerated() {
                try await storage.spend(
                    dollars("0.0\(5 - index)"), key, fixture, request: "\(index)", session: index < 2 ? session : nil
                ) { call in
                    call.prompt = "same words"
                    if index == 4 { call.model = "模型/x" }
                }
                fixture.clock.advance(seconds: 7200)
            }
            let adas = try await storage.sessions(SessionFilter(keyID: ada.id), page: PageRequest()).items[0].id
            for isIndexed in [false, true] {
                if isIndexed { try await storage.indexNextThreads() }
                func requests(
                    _ page: PageRequest = PageRequest(), _ edit: @Sendable (inout ThreadFilter) -> Void
                ) async throws -> String {
                    var filter = ThreadFilter(text: "words")
                    edit(&filter)
                    return try await storage.threads(filter, page: page).items.map(\.requestID).joined()
                }
                #expect(try await requests { _ in } == "43210")
                #expect(try await requests { $0.keyID = ada.id } == "420")
                #expect(try await requests { $0.sessionID = adas } == "0")
                #expect(try await requests { $0.model = "模型/x" } == "4")
                #expect(try await requests { $0.model = "模型" } == "")
                #expect(try await requests { $0.from = start.adding(seconds: 7200) } == "4321")
                #expect(try await requests { $0.to = start.adding(seconds: 7200) } == "0")
                #expect(try await requests { $0.from = start.adding(seconds: 1) } == "4321")
                #expect(try await requests(PageRequest(orderBy: "fee")) { _ in } == "43210")
                #expect(try await requests(PageRequest(orderBy: "fee", isDescending: true)) { _ in } == "01234")
                #expect(try await requests(PageRequest(orderBy: "created_at")) { _ in } == "01234")
                #expect(try await requests(PageRequest(limit: 2, offset: 1)) { _ in } == "32")
                #expect(try await requests(PageRequest(limit: 2, offset: 1, orderBy: "id")) { _ in } == "12")
            }
        }
    }

    @Test("is read to its end piece by piece, past what a list of it shows, without a row twice or left out")
    func pieces() async throws {
        try await withStorage { storage, fixture in
            let key = try await storage.create(.sample("Ada", seed: 1), by: fixture.operatorOfTests)
            try await storage.spend(.zero, key, fixture, request: "r") { $0.prompt = "frequent" }
            try fixture.multiplyThreads(by: ThreadSearch.limit + 2000)
            try await storage.spend(.zero, key, fixture, request: "other") { $0.prompt = "seldom" }
            while try await storage.indexNextThreads() {}
            for _ in 0..<3 {
                try await storage.spend(.zero, key, fixture, request: "new") { $0.prompt = "frequent, not indexed" }
            }
            var cursor = ThreadCursor()
            var numbers: [Int64] = []
            var round = 0
            while true {
                let piece = try await storage.threads(ThreadFilter(text: "frequent"), from: &cursor)
                if piece.isEmpty { break }
                #expect(piece.count <= 500 && cursor.found.count <= ThreadSearch.limit)
                numbers += piece.map(\.id.rawValue)
                round += 1
                // Meanwhile the new ones come into the index, more calls are made, and rows are removed.
                if round == 1 {
                    while try await storage.indexNextThreads() {}
                    try await storage.spend(.zero, key, fixture, request: "later") { $0.prompt = "frequent" }
                    try fixture.change("DELETE FROM threads WHERE id BETWEEN 3001 AND 9000")
                }
            }
            let count = Int64(ThreadSearch.limit + 2001)
            let all = Array(1...count).filter { !(3001...9000).contains($0) } + [count + 2, count + 3, count + 4]
            #expect(numbers == all.reversed())
        }
    }

    @Test("is read in pieces of bounded weight")
    func weight() async throws {
        try await withStorage { storage, fixture in
            let key = try await storage.create(.sample("Ada", seed: 1), by: fixture.operatorOfTests)
            for _ in 0..<7 {
                try await storage.spend(.zero, key, fixture, request: "r") {
                    $0.prompt = "word"
                    $0.completion = String(repeating: "x", count: 100_000)
                }
            }
            for text in ["word", nil] {
                var cursor = ThreadCursor()
                var sizes: [Int] = []
                while case let piece = try await storage.threads(ThreadFilter(text: text), from: &cursor),
                    !piece.isEmpty
                { sizes.append(piece.count) }
                #expect(sizes == [3, 3, 1])
            }
        }
    }

    @Test("says so when it finds more than it counts")
    func capped() async throws {
        try await withStorage { storage, fixture in
            let key = try await storage.create(.sample("Ada", seed: 1), by: fixture.operatorOfTests)
            try await storage.spend(.zero, key, fixture, request: "r") { $0.prompt = "frequent" }
            try fixture.multiplyThreads(by: ThreadSearch.limit)
            while try await storage.indexNextThreads() {}
            let page = try await storage.threads(ThreadFilter(text: "frequent"), page: PageRequest(limit: 3))
            #expect(page.total == ThreadSearch.limit && page.isTotalCapped)
            #expect(page.items.map(\.id.rawValue) == [10_001, 10_000, 9_999])
            let last = PageRequest(limit: 3, offset: ThreadSearch.limit - 1)
            #expect(
                try await storage.threads(ThreadFilter(text: "frequent"), page: last).items.map(\.id.rawValue) == [2])
            // All of them at one time, right before the end of the range or right after it.
            var filter = ThreadFilter(text: "frequent")
            filter.to = fixture.clock.now.adding(seconds: 1)
            #expect(try await storage.threads(filter, page: PageRequest()).isTotalCapped)
            try fixture.change("UPDATE threads SET created_at = created_at - 2000 WHERE id = 1")
            filter.to = fixture.clock.now
            let early = try await storage.threads(filter, page: PageRequest())
            #expect(early.items.map(\.id.rawValue) == [1] && early.total == 1 && !early.isTotalCapped)
        }
    }
}
