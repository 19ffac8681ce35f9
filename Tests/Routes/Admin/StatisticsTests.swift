import Core
import EventLoop
import TestSupport
import Testing

@testable import Routes

@Suite("Statistics", .timeLimit(.minutes(1)))
struct StatisticsTests {
    /// Five calls of two keys on two days and two models; one failed, one was cut, one cancelled.
    @LoopActor
    private func fill(_ site: Site) async throws -> (jack: Int, ada: Int, jackText: String) {
        let jack = try await site.newKey("jack")
        let ada = try await site.newKey("ada")
        try await site.record(jack.id, session: "s")
        try await site.record(jack.id) { $0.status = .error }
        try await site.record(ada.id) { $0.status = .truncated }
        site.clock.advance(seconds: 86_400)
        try await site.record(ada.id) {
            $0.model = "opus"
            $0.fee = Money(nanodollars: 3_000_000_001)
            $0.usage = TokenUsage(input: 1, output: 2, cacheRead: 3, cacheWrite: 4, cacheWriteOneHour: 5)
        }
        try await site.record(ada.id) { $0.status = .cancelled }
        return (jack.id, ada.id, jack.text)
    }

    @Test("sum up calls, errors, tokens and fees exactly, by day, model and key")
    func groups() async throws {
        try await withSite { site in
            let (jack, ada, _) = try await fill(site)
            let usage = { (query: String) async throws in
                try await site.rows("/admin/statistics/usage?\(query)")
            }
            let days = try await usage("group_by=day")
            #expect(days.map { $0["day"]?.string } == ["2026-11-22", "2026-11-21"])
            #expect(days.map { $0["calls"]?.int } == [2, 3] && days.map { $0["errors"]?.int } == [0, 2])
            #expect(days.map { $0["fee"]?.number?.text } == ["3.000020001", "0.00006"])
            #expect(days[0]["tokens_in"] == 11 && days[0]["tokens_out"] == 7)
            #expect(days[0]["tokens_cache_read"] == 3 && days[0]["tokens_cache_write"] == 9)

            let models = try await usage("group_by=model")
            #expect(models.map { $0["model"]?.string } == ["opus", "claude"])
            let keys = try await usage("group_by=key&order_by=calls")
            #expect(keys.map { $0["key_id"]?.int } == [jack, ada])
            #expect(keys.map { $0["key_name"]?.string } == ["jack", "ada"])
            #expect(try await usage("group_by=key&order_by=key_name").first?["key_name"] == "ada")

            #expect(try await usage("from=2026-11-22").map { $0["day"]?.string } == ["2026-11-22"])
            #expect(try await usage("to=2026-11-22").map { $0["calls"]?.int } == [3])
            #expect(try await usage("model=opus&key_id=\(ada)").map { $0["calls"]?.int } == [1])
            #expect(try await usage("from=2030-01-01").isEmpty)
            #expect(try await usage("group_by=&from=&to=&model=&key_id=").count == 2)
        }
    }

    @Test("keep the name of a key that is gone")
    func deletedKey() async throws {
        try await withSite { site in
            let (jack, _, _) = try await fill(site)
            try await site.call("POST", "/admin/api-key/delete", #"{"id": \#(jack)}"#)
            let rows = try await site.rows("/admin/statistics/usage?group_by=key")
            #expect(rows.contains { $0["key_id"]?.int == jack && $0["key_name"] == "jack" && $0["calls"] == 2 })
        }
    }

    @Test("tell the whole site in numbers")
    func totals() async throws {
        try await withSite { site in
            let (jack, _, _) = try await fill(site)
            try await site.call("POST", "/admin/api-key/update", #"{"id": \#(jack), "disabled": true}"#)
            site.clock.set("2026-12-01T00:00:00Z")
            try await site.record(jack, month: "2026-12")
            let total = try #require(try await site.call("GET", "/admin/statistics/total").object)
            #expect(total["keys"] == 3 && total["keys_in_force"] == 2 && total["groups"] == 1 && total["models"] == 0)
            #expect(total["sessions"] == 1 && total["calls"] == 6 && total["errors"] == 2)
            #expect(total["fee"]?.number?.text == "3.000100001" && total["month_fee"]?.number?.text == "0.00002")
        }
    }

    @Test("count the site's fees of the month as the keys' own, also over a turn of the month and a clock set back")
    func monthOfAdmission() async throws {
        try await withSite { site in
            let jack = try await site.newKey("jack").id
            let gone = try await site.newKey("gone").id
            func monthFee() async throws -> String? {
                try await site.call("GET", "/admin/statistics/total").object?["month_fee"]?.number?.text
            }
            site.clock.set("2026-12-01T00:00:05Z")
            // Admitted in November, ended in December.
            for key in [jack, gone] { try await site.record(key) { $0.fee = Money(nanodollars: 7) } }
            #expect(try await monthFee() == "0")
            for key in [jack, gone] {
                try await site.record(key, month: "2026-12") { $0.fee = Money(nanodollars: 100) }
            }
            #expect(try await monthFee() == "0.0000002")
            // Admitted in December; then the clock was set back, and the call ended in November.
            site.clock.set("2026-11-30T23:00:00Z")
            try await site.record(gone, month: "2026-12") { $0.fee = Money(nanodollars: 1000) }
            #expect(try await monthFee() == "0.000000014")
            site.clock.set("2026-12-01T00:00:10Z")
            #expect(try await monthFee() == "0.0000012")
            try await site.call("POST", "/admin/api-key/delete", #"{"id": \#(gone)}"#)
            #expect(try await monthFee() == "0.0000012", "also of keys that are deleted")
            site.clock.set("2026-11-30T23:00:00Z")
            #expect(try await monthFee() == "0.000000014")
        }
    }

    @Test("tell percentiles of latency by nearest rank, over the newest calls that got an answer")
    func latency() async throws {
        try await withSite { site in
            let jack = try await site.newKey("jack")
            let ada = try await site.newKey("ada")
            func told(_ path: String, key: String? = nil) async throws -> [String] {
                let row = try #require(try await site.call("GET", path, key: key).object)
                return ["first_byte_latency", "invocation_latency"].map { name in
                    guard let both = row[name]?.object else { return "null" }
                    return "\(both["p50"]?.int ?? -1) \(both["p99"]?.int ?? -1)"
                } + ["\(row["calls"]?.int ?? -1)"]
            }
            #expect(try await told("/admin/statistics/latency") == ["null", "null", "0"])
            // Shuffled, and one that no token came of.
            for value in 1...100 {
                try await site.record(jack.id) {
                    $0.firstByteLatency = (value * 37) % 101
                    $0.invocationLatency = 1000 + (value * 37) % 101
                }
            }
            try await site.record(ada.id) {
                $0.status = .error
                $0.invocationLatency = 90_000
            }
            #expect(try await told("/admin/statistics/latency") == ["50 99", "1050 1099", "101"])
            #expect(try await told("/admin/statistics/latency?key_id=\(ada.id)") == ["null", "null", "1"])
            #expect(try await told("/user/statistics/latency", key: jack.text) == ["50 99", "1050 1099", "100"])
            #expect(try await told("/user/statistics/latency?key_id=\(jack.id)", key: ada.text).last == "1")
            try await site.record(jack.id) { $0.firstByteLatency = 5000 }
            #expect(try await told("/user/statistics/latency", key: jack.text).first == "51 100")
        }
    }

    @Test("do not fail when fees were absurd once")
    func absurdFees() async throws {
        try await withSite { site in
            let jack = try await site.newKey("jack")
            for _ in 1...3 { try await site.record(jack.id) { $0.fee = Money(nanodollars: .max) } }
            #expect(await site.send("GET", "/admin/statistics/total").status == 200)
            let rows = try await site.rows("/admin/statistics/usage?group_by=key")
            #expect(rows.first?["fee"]?.number?.text == Money(nanodollars: .max).dollars)
        }
    }

    @Test("refuse groups and orders that there are none of")
    func refused() async throws {
        try await withSite { site in
            for (query, param) in [
                ("group_by=hour", "group_by"), ("order_by=prompt", "order_by"),
                ("group_by=day&order_by=model", "order_by"),
                ("from=yesterday", "from"), ("key_id=x", "key_id"), ("order_by=fee;DROP TABLE threads", "order_by"),
            ] {
                let encoded = query.replacing(" ", with: "%20")
                let answer = await site.send("GET", "/admin/statistics/usage?\(encoded)")
                #expect(answer.status == 400 && answer.error?["param"]?.string == param, "\(query): \(answer.text)")
            }
        }
    }
}
