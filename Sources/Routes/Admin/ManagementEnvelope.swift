internal import Core
internal import EventLoop

/// The shape of every answer under `/admin` and `/user` (docs/api.md). Errors have theirs in ``ErrorRenderer``.
enum ManagementEnvelope {
    /// Answers larger than this are written on a helper thread.
    private static let inlineBytes = 256 * 1024

    /// Never cached: rows show who spends what, and a new key's text is in one answer only.
    @LoopActor
    static func success(_ data: JSONValue) async -> HTTPResponse {
        let document: JSONValue = ["success": true, "data": data]
        let bytes =
            document.isLighter(than: inlineBytes)
            ? document.serialized() : await HelperPool.shared.run { document.serialized() }
        let headers: HeaderFields = ["Content-Type": "application/json", "Cache-Control": "no-store"]
        return HTTPResponse(status: 200, headers: headers, body: bytes)
    }

    /// - Parameter isCapped: there are more than `total`, which the answer then says.
    static func list(_ items: [JSONValue], total: Int, isCapped: Bool = false, page: PageRequest) -> JSONValue {
        var data: JSONObject = ["items": .array(items), "total": .int(total)]
        if isCapped { data["total_capped"] = true }
        data["limit"] = .int(page.limit)
        data["offset"] = .int(page.offset)
        return .object(data)
    }

    /// The part of a short list, held whole in memory, that `page` names.
    static func list(all items: [JSONValue], page: PageRequest) -> JSONValue {
        list(Array(items.dropFirst(page.offset).prefix(page.limit)), total: items.count, page: page)
    }
}

extension JSONValue {
    /// Whether the document's text is surely shorter than `bytes`, found without writing it.
    fileprivate func isLighter(than bytes: Int) -> Bool {
        var budget = bytes
        spend(&budget)
        return budget > 0
    }

    private func spend(_ budget: inout Int) {
        guard budget > 0 else { return }
        switch self {
        case .null, .bool: budget -= 6
        case .number(let number): budget -= number.text.utf8.count + 1
        case .string(let text): budget -= text.utf8.count + 3
        case .array(let elements):
            budget -= 2
            for element in elements { element.spend(&budget) }
        case .object(let object):
            budget -= 2
            for member in object.members {
                budget -= member.name.utf8.count + 3
                member.value.spend(&budget)
            }
        }
    }
}
