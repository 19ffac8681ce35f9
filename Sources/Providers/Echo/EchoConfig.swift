internal import Core

/// The parsed `config` of an echo model.
struct EchoConfig: Sendable, Equatable {
    static let mostChunks = 100_000
    static let longestWait = 600_000

    let reply: String?
    let chunks: Int?
    let interval: Duration
    let first: Duration

    init(_ config: JSONObject) throws(GatewayError) {
        reply = config.present("reply")?.string
        chunks = try Self.number("chunks", in: config, 1...Self.mostChunks)
        interval = .milliseconds(try Self.number("interval_ms", in: config, 0...Self.longestWait) ?? 0)
        first = .milliseconds(try Self.number("first_ms", in: config, 0...Self.longestWait) ?? 0)
    }

    private static func number(
        _ name: String, in config: JSONObject, _ range: ClosedRange<Int>
    ) throws(GatewayError) -> Int? {
        guard let value = config.present(name) else { return nil }
        guard let number = value.int, range.contains(number) else {
            let bounds = "\(range.lowerBound) to \(range.upperBound)"
            throw .invalid("config.\(name): give a whole number from \(bounds).", param: "config.\(name)")
        }
        return number
    }
}
