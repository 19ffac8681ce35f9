import Core
import EventLoop
import Storage
import TestSupport
import Testing

@testable import Routes

@Suite("The export of threads", .timeLimit(.minutes(1)))
struct ThreadExportTests {
    @Test("has a line for each thread under the names of its columns, newest first")
    func lines() async throws {
        try await withSite { site in
            let jack = try await site.newKey("jack")
            for index in 0..<3 {
                try await site.record(jack.id, session: "s") {
                    $0.prompt = "question \(index), \"quoted\"\nand a second line"
                    $0.toolCalls = #"[{"id":"c1"}]"#
                }
            }
            let answer = await site.send("GET", "/admin/thread/export")
            #expect(answer.status == 200 && answer.header("Content-Type") == "text/csv; charset=utf-8")
            #expect(answer.header("Content-Disposition") == "attachment; filename=\"threads.csv\"")
            let rows = try CSVReader.rows(of: answer.text, limit: 100)
            #expect(rows.map(\.cells.count) == [27, 27, 27, 27])
            let table = rows.dropFirst().map { row in Dictionary(uniqueKeysWithValues: zip(rows[0].cells, row.cells)) }
            #expect(table.map { $0["id"] } == ["3", "2", "1"])
            #expect(table[0]["prompt"] == "question 2, \"quoted\"\nand a second line")
            #expect(table[0]["fee"] == "0.00002" && table[0]["tokens_in"] == "10" && table[0]["key_name"] == "jack")
            #expect(table[0]["tool_calls"] == #"[{"id":"c1"}]"#)
            #expect(table[0]["created_at"] == "2026-11-21T08:00:00.000Z")
        }
    }

    @Test(
        "gives a spreadsheet nothing to execute",
        arguments: ["=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1", "＠x"])
    func formulas(_ text: String) async throws {
        try await withSite { site in
            let jack = try await site.newKey("jack")
            try await site.record(jack.id) {
                $0.prompt = text
                $0.completion = text
                $0.model = text
                $0.errorCode = text
            }
            let rows = try CSVReader.rows(of: await site.send("GET", "/admin/thread/export").text, limit: 100)
            let cells = Dictionary(uniqueKeysWithValues: zip(rows[0].cells, rows[1].cells))
            for column in ["prompt", "completion", "model", "error_code"] { #expect(cells[column] == "'" + text) }
        }
    }

    @Test("sends thousands of long rows piece by piece, each once")
    func pieces() async throws {
        try await withSite { site in
            let jack = try await site.newKey("jack")
            let long = String(repeating: "long ", count: 1000)
            for index in 0..<1300 {
                try await site.record(jack.id) { $0.prompt = index.isMultiple(of: 5) ? long : "short" }
            }
            let answer = await site.send("GET", "/admin/thread/export")
            #expect(answer.pieces.count > 5)
            #expect(answer.pieces.allSatisfy { $0.count < 512 * 1024 })
            let rows = try CSVReader.rows(of: answer.text, limit: 2000)
            #expect(rows.dropFirst().map { $0.cells[0] } == (1...1300).reversed().map { String($0) })
        }
    }

    @Test("takes the filters of the list")
    func filters() async throws {
        try await withSite { site in
            let jack = try await site.newKey("jack")
            let ada = try await site.newKey("ada")
            try await site.record(jack.id)
            site.clock.advance(seconds: 86_400)
            try await site.record(ada.id, session: "s") { $0.model = "opus" }
            let count = { (query: String) async throws in
                let answer = await site.send("GET", "/admin/thread/export?\(query)")
                #expect(answer.status == 200)
                return try CSVReader.rows(of: answer.text, limit: 100).count - 1
            }
            #expect(try await count("") == 2)
            #expect(try await count("key_id=\(jack.id)") == 1)
            #expect(try await count("model=opus") == 1)
            #expect(try await count("from=2026-11-22") == 1)
            #expect(try await count("to=2026-11-22") == 1)
            #expect(try await count("q=nothing") == 0)
            #expect(try await count("session_id=1") == 1)
            #expect(await site.send("GET", "/admin/thread/export?from=x").error?["param"] == "from")
            #expect(await site.send("GET", "/admin/thread/export?q=%25_").error?["param"] == "q")
            let head = await site.send("HEAD", "/admin/thread/export")
            #expect(head.status == 200 && head.body.isEmpty)
        }
    }

    @Test("finds what the list finds", arguments: ["ping", "pin", "ng", "网关", "网关 ping", "gpt-4o", "absent"])
    func searchOfTheList(_ query: String) async throws {
        try await withSite { site in
            let jack = try await site.newKey("jack")
            for text in ["ping", "ping 网关", "我们的网关支持数据库", "pinging gpt-4o", "gpt 4o", "%"] {
                try await site.record(jack.id) { $0.prompt = text }
            }
            for _ in 0..<2 {
                let words = query.replacing(" ", with: "%20")
                let listed = try await site.rows("/admin/thread/list?q=\(words)").map { $0["id"]?.int.map { "\($0)" } }
                let text = await site.send("GET", "/admin/thread/export?q=\(words)").text
                let exported = try CSVReader.rows(of: text, limit: 100).dropFirst().map { $0.cells[0] }
                #expect(exported == listed)
                // And again when they are in the index.
                while try await site.storage.indexNextThreads() {}
            }
        }
    }

    @Test("ends without a last line that looks like a row when storage goes away in its midst")
    func brokenOff() async throws {
        try await onLoop {
            let world = try await World()
            world.storage.threads = [AdminRecordTests.thread(toolCalls: "")]
            let exchange = RecordedExchange("GET", "/admin/thread/export", key: World.Caller.admin.key)
            exchange.onWrite = { _ in world.storage.failure = .unavailable("a private cause") }
            await world.router.handle(exchange)
            #expect(exchange.isEnded && exchange.text.contains("\r\n# INCOMPLETE: "))
            #expect(!exchange.text.contains("private") && world.log.lines.joined().contains("a private cause"))

            let early = await world.send("GET", "/admin/thread/export")
            #expect(early.status == 503)
        }
    }

    @Test("stops reading when the client leaves")
    func clientGone() async throws {
        try await withSite { site in
            let jack = try await site.newKey("jack")
            for _ in 0..<600 { try await site.record(jack.id) }
            let exchange = RecordedExchange("GET", "/admin/thread/export", key: site.admin)
            exchange.sendsUntilGone = 2
            await site.router.handle(exchange)
            #expect(exchange.pieces.count == 1 && !exchange.isEnded)
        }
    }
}
