/// A request as a route sees it. Parsed once, at the edge; route and authorisation are decided on the same values.
/// Shared by reference, since it goes through every layer.
package final class HTTPRequest: Sendable {
    /// Upper case.
    package let method: String
    /// Percent-decoded once, without the query; begins with `/`.
    package let path: String
    /// Decoded pairs in their order.
    package let query: [QueryItem]
    package let headers: HeaderFields
    /// Nil when the request declares none.
    package let contentLength: Int?
    /// Brook's id for the call, also in the answer's `x-request-id`, the log and the record.
    package let id: String
    package let remoteAddress: String

    package init(
        method: String, path: String, query: [QueryItem] = [], headers: HeaderFields = [:], contentLength: Int? = nil,
        id: String, remoteAddress: String = ""
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.contentLength = contentLength
        self.id = id
        self.remoteAddress = remoteAddress
    }

    /// The first query value of that name; an empty one counts as absent, as in the reference's URLs.
    package func query(_ name: String) -> String? {
        query.first { $0.name == name && !$0.value.isEmpty }?.value
    }
}

/// One `name=value` of a query.
package struct QueryItem: Sendable, Equatable {
    package let name: String
    package let value: String

    package init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}
