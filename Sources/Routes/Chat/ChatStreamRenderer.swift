internal import Core

/// Writes a streamed answer in a dialect's events, one value a call.
protocol ChatStreamRenderer {
    /// Sent into long silences.
    var heartbeat: [UInt8] { get }

    /// The bytes to send for one delta; empty when it brings nothing that a client sees.
    mutating func render(_ delta: ChatDelta) -> [UInt8]

    /// The end of a stream whose record is durable.
    mutating func renderEnd(usage: TokenUsage) -> [UInt8]

    /// The last event of a stream that failed.
    mutating func renderFailure(_ error: GatewayError) -> [UInt8]
}
