/// One header of an event-stream message.
struct EventStreamHeader: Sendable, Equatable {
    let name: String
    let value: EventStreamValue
}

/// The ten types of header value; the number in front of each is its type byte on the wire.
/// Source: Amazon Event Stream specification (smithy.io, "amazon-eventstream").
enum EventStreamValue: Sendable, Equatable {
    /// 0 and 1: the type is the value.
    case bool(Bool)
    /// 2
    case byte(Int8)
    /// 3
    case int16(Int16)
    /// 4
    case int32(Int32)
    /// 5
    case int64(Int64)
    /// 6
    case bytes([UInt8])
    /// 7
    case string(String)
    /// 8
    case timestamp(milliseconds: Int64)
    /// 9: 16 bytes
    case uuid([UInt8])
}
