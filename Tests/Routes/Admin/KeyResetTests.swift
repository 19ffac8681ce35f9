import Core
import EventLoop
import TestSupport
import Testing

@testable import Routes

@Suite("Resetting a key", .timeLimit(.minutes(1)))
struct KeyResetTests {
    @LoopActor
    private func status(_ site: Site, _ key: String) async -> Int? {
        await site.send("GET", "/user/api-key/mine", key: key).status
    }

    @Test("ends the old text with the same answer that shows the new one")
    func atOnce() async throws {
        try await withSite { site in
            let jack = try await site.newKey("jack")
            let row = try await site.call("POST", "/admin/api-key/reset-key", #"{"id": "\#(jack.id)"}"#)
            let text = try #require(row.object?["api_key"]?.string)
            #expect(text.hasPrefix("br-") && text.utf8.count == 46 && text != jack.text)
            #expect(row.object?["old_key_valid_until"] == .null)
            #expect(await status(site, jack.text) == 401)
            #expect(await status(site, text) == 200)
            let listed = try await site.call("GET", "/admin/api-key/detail/\(jack.id)")
            #expect(listed.object?["api_key"]?.string == APIKey(text)?.masked)
            #expect(try !String(decoding: site.bytes(), as: UTF8.self).contains(text))
        }
    }

    @Test("lets the old text work until the overlap ends, and not a moment longer")
    func overlap() async throws {
        try await withSite { site in
            let jack = try await site.newKey("jack")
            let row = try await site.call(
                "POST", "/admin/api-key/reset-key", #"{"id": \#(jack.id), "overlap_s": 60}"#)
            #expect(row.object?["old_key_valid_until"] == "2026-11-21T08:01:00.000Z")
            let text = try #require(row.object?["api_key"]?.string)
            // Whoever still has the old text may also be recharged by it.
            _ = try await site.call(
                "POST", "/admin/api-key/recharge", #"{"api_key": "\#(jack.text)", "balance": 1}"#)
            site.clock.advance(seconds: 59)
            #expect(await status(site, jack.text) == 200)
            site.clock.advance(seconds: 1)
            #expect(await status(site, jack.text) == 401)
            #expect(await status(site, text) == 200)
            let late = await site.send(
                "POST", "/admin/api-key/recharge", #"{"api_key": "\#(jack.text)", "balance": 1}"#)
            #expect(late.status == 404)
        }
    }

    @Test("ends every older text when it is done without an overlap, since one of them may have leaked")
    func severalTimes() async throws {
        try await withSite { site in
            let jack = try await site.newKey("jack")
            let second = try await site.call(
                "POST", "/admin/api-key/reset-key", #"{"id": \#(jack.id), "overlap_s": 3600}"#)
            let third = try await site.call(
                "POST", "/admin/api-key/reset-key", #"{"id": \#(jack.id), "overlap_s": 60}"#)
            let texts = [jack.text] + [second, third].compactMap { $0.object?["api_key"]?.string }
            for text in texts { #expect(await status(site, text) == 200) }
            site.clock.advance(seconds: 60)
            #expect(await status(site, texts[0]) == 401, "the later, shorter overlap counts")
            #expect(await status(site, texts[1]) == 401)
            _ = try await site.call("POST", "/admin/api-key/reset-key", #"{"id": \#(jack.id), "overlap_s": 60}"#)
            _ = try await site.call("POST", "/admin/api-key/reset-key", #"{"id": \#(jack.id)}"#)
            #expect(await status(site, texts[2]) == 401)
        }
    }

    @Test("keeps a disabled, expired or deleted key out by its old text as by its new one")
    func oldTextHasNoRightOfItsOwn() async throws {
        try await withSite { site in
            let jack = try await site.newKey("jack")
            let row = try await site.call(
                "POST", "/admin/api-key/reset-key", #"{"id": \#(jack.id), "overlap_s": 3600}"#)
            let text = try #require(row.object?["api_key"]?.string)
            for (change, undo) in [
                (#""disabled": true"#, #""disabled": false"#),
                (#""expires_at": "2026-11-21T07:59:59Z""#, #""expires_at": null"#),
            ] {
                try await site.call("POST", "/admin/api-key/update", #"{"id": \#(jack.id), \#(change)}"#)
                #expect(await status(site, jack.text) == 401)
                #expect(await status(site, text) == 401)
                try await site.call("POST", "/admin/api-key/update", #"{"id": \#(jack.id), \#(undo)}"#)
                #expect(await status(site, jack.text) == 200)
                #expect(await status(site, text) == 200)
            }
            try await site.call("POST", "/admin/api-key/delete", #"{"id": \#(jack.id)}"#)
            #expect(await status(site, jack.text) == 401)
            #expect(await status(site, text) == 401)
        }
    }

    @Test(
        "is refused, naming the field, when the overlap is out of range",
        arguments: ["-1", "2592001", "1.5", "\"60\"", "true", "9223372036854775808", "1e400"])
    func badOverlap(_ overlap: String) async throws {
        try await withSite { site in
            let jack = try await site.newKey("jack")
            let answer = await site.send(
                "POST", "/admin/api-key/reset-key", #"{"id": \#(jack.id), "overlap_s": \#(overlap)}"#)
            #expect(answer.status == 400 && answer.error?["param"] == "overlap_s", "\(answer.text)")
            #expect(await status(site, jack.text) == 200)
        }
    }
}
