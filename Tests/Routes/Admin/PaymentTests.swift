import Core
import EventLoop
import TestSupport
import Testing

@testable import Routes

@Suite("Payments", .timeLimit(.minutes(1)))
struct PaymentTests {
    @Test("list every recharge and adjustment with the balance that it left, also after the key is gone")
    func history() async throws {
        try await withSite { site in
            let row = try await site.call(
                "POST", "/admin/api-key/apply", #"{"name": "jack", "balance": 2.5}"#)
            let id = try #require(row.object?["id"]?.int)
            let text = try #require(row.object?["api_key"]?.string)
            try await site.call("POST", "/admin/api-key/recharge", #"{"api_key": "\#(text)", "balance": 0.23}"#)
            try await site.call(
                "POST", "/admin/api-key/recharge",
                #"{"id": \#(id), "balance": -3, "adjust": true, "note": "typed twice"}"#)
            let other = try await site.newKey("other")
            try await site.call("POST", "/admin/api-key/recharge", #"{"id": \#(other.id), "balance": 7}"#)
            try await site.call("POST", "/admin/api-key/delete", #"{"id": \#(id)}"#)

            let rows = try await site.rows("/admin/payment/list?key_id=\(id)")
            #expect(rows.map { $0["amount"]?.number?.text } == ["-3", "0.23", "2.5"])
            #expect(rows.map { $0["balance_after"]?.number?.text } == ["-0.27", "2.73", "2.5"])
            #expect(rows.map { $0["note"]?.string } == ["typed twice", "", "initial balance"])
            #expect(rows.allSatisfy { $0["key_name"] == "jack" && $0["operator"] == "admin" })
            #expect(
                Set(rows[0].members.map(\.name)) == [
                    "id", "key_id", "key_name", "amount", "balance_after", "note", "operator", "created_at",
                ])
            // The reference's own URL.
            #expect(try await site.rows("/admin/payment/list?key_id=").count == 4)
            #expect(try await site.rows("/admin/payment/list?order_by=amount&limit=1").first?["amount"]?.int == -3)
        }
    }

    @Test("never take a balance beyond what one amount may be, where sums would no longer be exact")
    func bounded() async throws {
        try await withSite { site in
            _ = try await site.newKey("jack")
            try await site.call("POST", "/admin/api-key/recharge", #"{"id": 2, "balance": 1000000000}"#)
            for body in [
                #"{"id": 2, "balance": 0.000000001}"#, #"{"id": 2, "balance": 1000000000}"#,
            ] {
                let answer = await site.send("POST", "/admin/api-key/recharge", body)
                #expect(answer.status == 409 && answer.error?["param"] == "balance", "\(answer.text)")
            }
            #expect(try await site.rows("/admin/payment/list").count == 1)
            try await site.call(
                "POST", "/admin/api-key/recharge", #"{"id": 2, "balance": -1000000000, "adjust": true}"#)
        }
    }

    @Test("are written with the change of the balance or not at all")
    func refused() async throws {
        try await withSite { site in
            let jack = try await site.newKey("jack")
            for body in [
                #"{"id": 2, "balance": 0}"#, #"{"id": 2, "balance": -1}"#, #"{"id": 2, "balance": "1"}"#,
                #"{"id": 2, "balance": 1, "api_key": "\#(jack.text)"}"#, #"{"id": 99, "balance": 1}"#,
                #"{"api_key": "br_unknown", "balance": 1}"#, #"{"id": 2, "balance": 1e30}"#, #"{"balance": 1}"#,
                #"{"id": 2, "balance": 1, "note": "a\u0000b"}"#, #"{"id": 2, "balance": 0.0000000001}"#,
            ] {
                let answer = await site.send("POST", "/admin/api-key/recharge", body)
                #expect(answer.status == 400 || answer.status == 404, "\(body): \(answer.text)")
            }
            #expect(try await site.rows("/admin/payment/list").isEmpty)
            let key = try await site.call("GET", "/admin/api-key/detail/\(jack.id)")
            #expect(key.object?["balance"] == 0)
        }
    }
}
