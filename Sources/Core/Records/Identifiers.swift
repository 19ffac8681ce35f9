/// Row numbers, one type a table, so that a key's is never taken for a model's.
package protocol RowID: RawRepresentable, Sendable, Hashable, CustomStringConvertible where RawValue == Int64 {
    init(rawValue: Int64)
}

extension RowID {
    package var description: String { String(rawValue) }
    package var json: JSONValue { .int(rawValue) }
}

package struct KeyID: RowID {
    package let rawValue: Int64
    package init(rawValue: Int64) { self.rawValue = rawValue }
}

package struct GroupID: RowID {
    package let rawValue: Int64
    package init(rawValue: Int64) { self.rawValue = rawValue }
}

package struct ModelID: RowID {
    package let rawValue: Int64
    package init(rawValue: Int64) { self.rawValue = rawValue }
}

package struct SessionID: RowID {
    package let rawValue: Int64
    package init(rawValue: Int64) { self.rawValue = rawValue }
}

package struct ThreadID: RowID {
    package let rawValue: Int64
    package init(rawValue: Int64) { self.rawValue = rawValue }
}

package struct WebhookID: RowID {
    package let rawValue: Int64
    package init(rawValue: Int64) { self.rawValue = rawValue }
}

package struct BotEventID: RowID {
    package let rawValue: Int64
    package init(rawValue: Int64) { self.rawValue = rawValue }
}
