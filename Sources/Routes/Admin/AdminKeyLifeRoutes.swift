internal import Core
internal import EventLoop

/// How keys come in numbers, and get new texts: `/admin/api-key/reset-key` and `/admin/api-key/import`.
@LoopActor
enum AdminKeyLifeRoutes {
    nonisolated static let routes = [
        Route("POST", "/admin/api-key/reset-key", .admin(reset)),
        Route("POST", "/admin/api-key/import", .admin(importKeys)),
    ]

    /// The longest that a text which was replaced may go on working: 30 days.
    private static let longestOverlap = 30 * 86_400

    /// Gives a key a new text, which is in this answer and nowhere else.
    static func reset(_ call: KeyedCall) async throws(GatewayError) -> JSONValue {
        let fields = try await call.fields(["id", "overlap_s"])
        let id: KeyID = try fields.id("id")
        let overlap =
            try fields.optional("overlap_s") { field throws(GatewayError) in
                try fields.integer(field, 0...longestOverlap, unit: "seconds")
            } ?? 0
        let secret = APIKey.generate()
        let end = overlap == 0 ? nil : call.services.clock.now.adding(seconds: Int64(overlap))
        let record = try await stored {
            try await call.services.stores.keys.replaceText(
                of: id, with: KeyText(hash: secret.hash, masked: secret.masked), overlapEnd: end, by: call.author)
        }
        var row = record.row(showing: secret)
        row["old_key_valid_until"] = .optional(end)
        return .object(row)
    }

    /// Makes a key of each line, or none. Their texts are in this answer and nowhere else.
    static func importKeys(_ call: KeyedCall) async throws(GatewayError) -> JSONValue {
        let text = try await csv(of: call)
        let lines = try await HelperPool.shared.run { () throws(GatewayError) in try KeyImport.lines(of: text) }
        let groups = try await groups(named: Set(lines.compactMap(\.group)), call)
        let orders = try await HelperPool.shared.run { () throws(GatewayError) in
            try KeyImport.orders(lines, groups: groups)
        }
        let records = try await stored {
            try await call.services.stores.keys.create(orders.map(\.key), by: call.author)
        }
        let rows = zip(records, orders).map { JSONValue.object($0.row(showing: $1.secret)) }
        return ["items": .array(rows), "total": .int(rows.count)]
    }

    /// The body itself when it says that it is CSV, else the field `csv` of a JSON body.
    private static func csv(of call: KeyedCall) async throws(GatewayError) -> String {
        let type = call.request.headers["content-type"]?.split(separator: ";").first ?? ""
        guard String(type).trimmingSpace().equalsIgnoringCase("text/csv") else {
            let fields = try await call.fields(["csv"])
            guard let text = try fields.value("csv").string else {
                throw fields.wrong("csv", mustBe: "the text of a file")
            }
            return text
        }
        let bytes = try await call.exchange.body(limit: call.services.settings.managementBodyLimit)
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw .invalid("The file is not in UTF-8.", param: "csv")
        }
        return text
    }

    private static func groups(
        named names: Set<String>, _ call: KeyedCall
    ) async throws(GatewayError) -> [String: GroupID] {
        var found: [String: GroupID] = [:]
        guard !names.isEmpty else { return found }
        var seen = 0
        while true {
            let request = PageRequest(limit: 1000, offset: seen, orderBy: "id")
            let page = try await stored { try await call.services.stores.groups.groups(text: nil, page: request) }
            for group in page.items where names.contains(group.name) { found[group.name] = group.id }
            seen += page.items.count
            if page.items.isEmpty || seen >= page.total { return found }
        }
    }
}
