import Core
import EventLoop
import FoundationEssentials
import Testing

@testable import Routes

@Suite struct DocumentationTests {
    @Test("docs/api.md names every route, and shows a request to it where it answers the management envelope")
    func everyRoute() async throws {
        let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        let text = String(decoding: try Data(contentsOf: URL(filePath: "/\(root)/docs/api.md")), as: UTF8.self)
        let routes = try await Self.routes()
        let requests = text.split(separator: "\n").filter { $0.contains("curl") && $0.contains("$BROOK/") }
        for route in routes {
            let path = route.pattern.description
            // Said once for all of them.
            if path.hasPrefix("/admin/bot-connector/") { continue }
            let fixed = path.replacing("{id}", with: "").replacing("{id...}", with: "")
            #expect(text.contains(fixed), "\(route.method) \(path) is not in docs/api.md")
            // A toggle, a list of rights and their opposites are shown for one kind of holder.
            if path.contains("bind") || path.contains("list-model") || !path.hasPrefix("/admin/") { continue }
            #expect(requests.contains { $0.contains("$BROOK\(fixed)") }, "docs/api.md shows no request to \(path)")
        }
    }

    @LoopActor
    private static func routes() async throws -> [Route] { try await World().router.table.routes }
}
