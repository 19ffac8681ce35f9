import Core
import EventLoop
import TestSupport
import Testing

@testable import Routes

@Suite struct OpenAPIDocumentTests {
    @Test("The catalog has each route of the table once, and no other")
    func everyRoute() async throws {
        try await onLoop {
            let routes = try await World().router.table.routes.map(OpenAPIDocument.name)
            let described = OperationCatalog.areas.flatMap { $0.value.map(\.key) }
            #expect(Set(described) == Set(routes))
            #expect(described.count == routes.count)
        }
    }

    @Test("An administrator gets the document with each route and its access; nobody else does")
    func served() async throws {
        try await onLoop {
            let world = try await World()
            let answer = await world.send("GET", "/openapi.json")
            #expect(answer.status == 200 && answer.header("Content-Type") == "application/json")
            let document = try #require(answer.json?.object)
            #expect(document["openapi"] == "3.1.0")
            for route in world.router.table.routes {
                let path = OpenAPIDocument.path(route.pattern.description)
                let operation = try #require(Self.operation(document, route.method, path), "\(route.method) \(path)")
                #expect((operation["security"] == []) == (route.access == .open), "\(path)")
                #expect((operation["responses"]?.object?["403"] != nil) || route.access != .admin, "\(path)")
            }
            #expect(await world.send("GET", "/openapi.json", as: .user).status == 403)
            #expect(await world.send("GET", "/openapi.json", as: .nobody).status == 401)
        }
    }

    /// Fields that are taken and have no effect, so that errors do not offer them.
    private static let ignored = ["/admin/model/save": ["group_id"]]

    @Test("The fields of every management body are those that its operation knows")
    func fields() async throws {
        try await onLoop {
            let world = try await World()
            let document = OpenAPIDocument(routes: world.router.table.routes).json.object ?? [:]
            for route in world.router.table.routes where route.method == "POST" && route.access == .admin {
                let path = route.pattern.description
                let answer = await world.send("POST", path, json: #"{"zzz": 1}"#)
                let message = answer.json?.object?["data"]?.string ?? ""
                let known = message.components(after: "Known fields: ", before: ".")
                let schema = Self.operation(document, "POST", path)?["requestBody"]?.object?["content"]?
                    .object?["application/json"]?.object?["schema"]?.object
                let described = schema?["properties"]?.object?.members.map(\.name) ?? []
                var taken = Set(known + (Self.ignored[path] ?? []))
                if path.hasSuffix("/save"), path.contains("/bot") { taken.insert("provider") }
                #expect(!known.isEmpty && Set(described) == taken, "\(path)")
                #expect(schema?["additionalProperties"] == false, "\(path)")
            }
        }
    }

    @Test("The columns that a list can be ordered by are those that it takes")
    func columns() async throws {
        try await onLoop {
            let world = try await World()
            let document = OpenAPIDocument(routes: world.router.table.routes).json.object ?? [:]
            var lists = 0
            for route in world.router.table.routes where route.method == "GET" {
                let path = route.pattern.description
                let parameters = Self.operation(document, "GET", path)?["parameters"]?.array ?? []
                let order = parameters.compactMap(\.object).first { $0["name"] == "order_by" }
                guard let values = order?["schema"]?.object?["enum"]?.array?.compactMap(\.string) else { continue }
                lists += 1
                var taken: Set<String> = []
                for grouping in path.hasSuffix("usage") ? ["day", "model", "key"] : [""] {
                    let answer = await world.send("GET", "\(path)?order_by=zzz&group_by=\(grouping)")
                    let message = answer.json?.object?["data"]?.string ?? ""
                    taken.formUnion(message.components(after: "one of ", before: ", with"))
                    if path.hasPrefix("/user/"), grouping == "model" { break }
                }
                #expect(Set(values) == taken.union(taken.map { "-\($0)" }), "\(path)")
            }
            #expect(lists == 13)
        }
    }

    private static func operation(_ document: JSONObject, _ method: String, _ path: String) -> JSONObject? {
        document["paths"]?.object?[path]?.object?[method.lowercased()]?.object
    }
}

extension String {
    /// The parts, between commas, of what stands between two marks.
    fileprivate func components(after start: String, before end: String) -> [String] {
        guard let begin = range(of: start)?.upperBound else { return [] }
        let rest = self[begin...]
        let list = rest.range(of: end).map { rest[..<$0.lowerBound] } ?? rest
        return list.split(separator: ",").map { $0.trimmingSpace() }
    }
}

extension StringProtocol {
    fileprivate func range(of text: String) -> Range<Index>? {
        firstRange(of: text)
    }

    fileprivate func trimmingSpace() -> String { String(self).trimmingSpace() }
}
