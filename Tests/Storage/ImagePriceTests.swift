import Core
import EventLoop
import TestSupport
import Testing

@testable import Storage

@Suite("Prices of images", .timeLimit(.minutes(1)))
struct ImagePriceTests {
    @Test("a model's price of an image is stored, changed, cleared, and noted in the audit")
    func price() async throws {
        try await withStorage { storage, fixture in
            let me = fixture.operatorOfTests
            var new = NewModel.demo()
            new.prices.image = dollars("0.04")
            let model = try await storage.create(new, by: me)
            #expect(try storage.model(named: "demo")?.prices.image == dollars("0.04"))
            var changes = ModelChanges()
            changes.priceImage = .set(dollars("0.000000001"))
            #expect(try await storage.update(model.id, changes, by: me).prices.image == Money(nanodollars: 1))
            changes.priceImage = .set(nil)
            _ = try await storage.update(model.id, changes, by: me)
            #expect(try storage.model(model.id)?.prices.image == nil)
            let notes = try fixture.inspect("SELECT changes FROM audit ORDER BY id DESC LIMIT 1") { $0.text() }
            #expect(notes.first?.contains("price_image") == true)
        }
    }

    @Test("a record tells its images and their price; one without images takes no row")
    func record() async throws {
        try await withStorage { storage, fixture in
            let key = try await storage.create(.sample(), by: fixture.operatorOfTests)
            let drawn = try await storage.spend(dollars("0.08"), key, fixture, request: "a") { call in
                call.usage.images = 2
                call.prices.image = dollars("0.04")
            }
            let told = try await storage.spend(dollars("1"), key, fixture, request: "b")
            let record = try #require(try await storage.thread(drawn))
            #expect(record.call.usage.images == 2 && record.call.prices.image == dollars("0.04"))
            #expect(try await storage.thread(told)?.call.usage.images == 0)
            #expect(try fixture.inspect("SELECT thread_id FROM thread_images") { $0.integer() } == [drawn.rawValue])
            try fixture.change("PRAGMA foreign_keys = ON; DELETE FROM threads WHERE id = \(drawn.rawValue)")
            #expect(try fixture.inspect("SELECT COUNT(*) FROM thread_images") { $0.int() } == [0])
        }
    }
}
