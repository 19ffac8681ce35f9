import Core
import TestSupport

extension RecordedExchange {
    /// The `data` of a management answer.
    var data: JSONValue? { json?.object?["data"] }
    /// The `error` of an answer in any dialect.
    var error: JSONObject? { json?.object?["error"]?.object }
    /// The rows of a list.
    var items: [JSONObject] { data?.object?["items"]?.array?.compactMap(\.object) ?? [] }
}
