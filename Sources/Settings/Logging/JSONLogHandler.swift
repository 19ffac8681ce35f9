package import Core
package import Logging

/// Writes each event as one JSON object on one line.
///
/// Members in their order: `time` (UTC, milliseconds), `level`, `logger`, `pid`, `message`, then the metadata. Values are cut
/// at ``maximumLength`` and keys are masked, so that a mistake elsewhere neither floods the log nor leaks through it.
package struct JSONLogHandler: LogHandler {
    /// Bytes of one text.
    static let maximumLength = 2048
    private static let ownMembers: Set<String> = ["time", "level", "logger", "pid", "message"]

    private let label: String
    private let threshold: LogThreshold
    private let pid: Int
    private let clock: any WallClock
    private let write: @Sendable ([UInt8]) -> Void
    /// A level set on one logger; nil follows the process's.
    private var ownLevel: Logger.Level?

    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?

    package var logLevel: Logger.Level {
        get { ownLevel ?? threshold.level }
        set { ownLevel = newValue }
    }

    /// - Parameter write: takes a whole line with its newline, from any thread.
    package init(
        label: String, threshold: LogThreshold, pid: Int, clock: any WallClock = SystemClock(),
        write: @escaping @Sendable ([UInt8]) -> Void
    ) {
        self.label = label
        self.threshold = threshold
        self.pid = pid
        self.clock = clock
        self.write = write
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        var line = JSONObject()
        line["time"] = .string(clock.now.iso8601)
        line["level"] = .string(event.level.rawValue)
        line["logger"] = .string(label)
        line["pid"] = .int(pid)
        line["message"] = .string(Self.clean(event.message.description))
        var all = metadata
        if let provided = metadataProvider?.get() { all.merge(provided) { _, new in new } }
        if let given = event.metadata { all.merge(given) { _, new in new } }
        if let error = event.error, all["error"] == nil { all["error"] = "\(error)" }
        for (name, value) in all.sorted(by: { $0.key < $1.key }) {
            line[Self.ownMembers.contains(name) ? name + "_" : name] = Self.json(value)
        }
        var bytes = JSONValue.object(line).serialized()
        bytes.append(UInt8(ascii: "\n"))
        write(bytes)
    }

    private static func json(_ value: Logger.Metadata.Value) -> JSONValue {
        switch value {
        case .string(let text): .string(clean(text))
        case .stringConvertible(let value as Int): .int(value)
        case .stringConvertible(let value as Bool): .bool(value)
        case .stringConvertible(let value): .string(clean(value.description))
        case .array(let elements): .array(elements.map(json))
        case .dictionary(let members):
            .object(JSONObject(members.sorted { $0.key < $1.key }.map { ($0.key, json($0.value)) }))
        }
    }

    private static func clean(_ text: String) -> String {
        let masked = KeyMask.masking(text)
        guard masked.utf8.count > maximumLength else { return masked }
        // The cut may fall inside a character; decoding repairs that.
        return String(decoding: masked.utf8.prefix(maximumLength), as: UTF8.self) + "…"
    }
}
