import Core
import EventLoop
import TestSupport

@testable import Storage

extension SQLiteStorage {
    /// Indexes and removes until nothing is due; answers what was removed.
    @discardableResult
    func removeAged(_ policy: RetentionPolicy) async throws -> RetentionCount {
        var sum = RetentionCount()
        while try await indexNextThreads() {}
        while case .removed(let count) = try await removeNextAged(policy) {
            sum.records += count.records
            sum.texts += count.texts
        }
        return sum
    }

    func found(_ text: String) async throws -> Int {
        try await threads(ThreadFilter(text: text), page: PageRequest()).total
    }
}

extension Fixture {
    /// The words of the index of threads, with the number of threads that have each.
    func indexedWords() throws -> [String: Int] {
        let connection = try Connection(path: database, for: .maintenance)
        try connection.execute(script: "CREATE VIRTUAL TABLE temp.words USING fts5vocab(main, thread_search, row)")
        let words = try connection.all(text: "SELECT term, doc FROM temp.words", []) { ($0.text(), $0.int()) }
        return Dictionary(uniqueKeysWithValues: words)
    }

    /// Tokens that stand for keys, sessions and models begin with a character of private use.
    func indexedTexts() throws -> Set<String> {
        Set(try indexedWords().keys.filter { $0.unicodeScalars.allSatisfy { $0.value < 0xE000 } })
    }

    /// Random fees of two keys and one that is deleted, a call a day from June to November, in sessions of five calls and
    /// without; then it is 21 November.
    @LoopActor
    func live(_ storage: SQLiteStorage) async throws -> [KeyRecord] {
        var generator = SeededGenerator(seed: 5)
        var keys: [KeyRecord] = []
        clock.set("2026-06-01T08:00:00Z")
        for (index, name) in ["Ada", "Bob", "Gone"].enumerated() {
            keys.append(
                try await storage.create(
                    .sample(name, seed: UInt8(index + 1), quota: dollars("0.005"), balance: dollars("1")),
                    by: operatorOfTests))
        }
        for day in 0..<173 {
            let fee = Money(nanodollars: Int64.random(in: 0...900_000, using: &generator))
            let session = day % 3 == 0 ? nil : SessionReference(key: "s\(day / 15)", title: "word\(day)")
            try await storage.spend(fee, keys[day % 3], self, request: "r\(day)", session: session) { call in
                call.prompt = "word\(day)"
                call.completion = "answer\(day)"
                call.model = day % 2 == 0 ? "even" : "odd"
                call.status = day % 7 == 0 ? .error : .ok
                call.usage = TokenUsage(input: day, output: 2 * day, cacheRead: 3, cacheWrite: 4, cacheWriteOneHour: 5)
            }
            clock.advance(seconds: 86_400)
        }
        try await storage.delete(keys[2].id, by: operatorOfTests)
        clock.set("2026-11-21T08:00:00Z")
        return keys
    }
}
