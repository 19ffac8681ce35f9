import Core
import Logging
import Synchronization
import TestSupport
import Testing

@testable import Settings

@Suite("A log line")
struct JSONLogHandlerTests {
    private final class Lines: Sendable {
        private let written = Mutex<[[UInt8]]>([])
        func add(_ bytes: [UInt8]) { written.withLock { $0.append(bytes) } }
        var all: [[UInt8]] { written.withLock { $0 } }
    }

    private let lines = Lines()
    private let threshold = LogThreshold(.info)

    private func logger() -> Logger {
        let lines = lines
        let threshold = threshold
        return Logger(label: "brook.test") { label in
            JSONLogHandler(label: label, threshold: threshold, pid: 7, clock: ManualClock()) { lines.add($0) }
        }
    }

    private func last() throws -> JSONObject {
        let bytes = try #require(lines.all.last)
        #expect(bytes.last == UInt8(ascii: "\n"))
        #expect(!bytes.dropLast().contains(UInt8(ascii: "\n")))
        return try #require(try JSONParser.parse(Array(bytes.dropLast())).object)
    }

    @Test("is one JSON object with time, level, logger, process, message and metadata")
    func members() throws {
        logger().warning("Two\nlines", metadata: ["request_id": "r1", "count": .stringConvertible(3)])
        #expect(
            String(decoding: try #require(lines.all.first), as: UTF8.self)
                == #"{"time":"2026-11-21T08:00:00.000Z","level":"warning","logger":"brook.test","pid":7,"message":"Two\nlines","count":3,"request_id":"r1"}"#
                + "\n")
    }

    @Test("carries the metadata of its logger, under that of its event")
    func metadata() throws {
        var logger = logger()
        logger[metadataKey: "request_id"] = "r1"
        logger[metadataKey: "model"] = "a"
        logger.notice("x", metadata: ["model": "b"])
        let line = try last()
        #expect(line["request_id"] == "r1")
        #expect(line["model"] == "b")
    }

    @Test("keeps its own members when metadata has the same names")
    func reserved() throws {
        logger().notice("x", metadata: ["message": "y", "time": "never"])
        let line = try last()
        #expect(line["message"] == "x")
        #expect(line["message_"] == "y")
        #expect(line["time_"] == "never")
    }

    @Test("follows the process's level, also when that changes later")
    func level() {
        let logger = logger()
        logger.debug("a")
        #expect(lines.all.isEmpty)
        threshold.level = .debug
        logger.debug("b")
        #expect(lines.all.count == 1)
        threshold.level = .error
        logger.warning("c")
        #expect(lines.all.count == 1)
    }

    @Test("is cut where a text is long, and stays valid when the cut falls inside a character")
    func long() throws {
        logger().notice("x", metadata: ["detail": "a\(String(repeating: "é", count: 5000))"])
        let text = try #require(try last()["detail"]?.string)
        #expect(text.utf8.count < JSONLogHandler.maximumLength + 8)
        #expect(text.hasSuffix("…"))
    }

    @Test(
        "never carries what looks like a key",
        arguments: [
            "br-abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG", "br_operator-chosen_key_0000",
            "Bearer eyJhbGciOi.eyJzdWIi.c2ln", "AKIAIOSFODNN7EXAMPLE", "sk-ant-api03-abcdefghijkl",
        ])
    func keys(key: String) throws {
        logger().error("failed with \(key), twice key=\(key)", metadata: ["header": .array([.string(key)])])
        let text = String(decoding: try #require(lines.all.last), as: UTF8.self)
        #expect(!text.contains(key))
        #expect(!text.contains(key.suffix(12)))
        #expect(text.contains("***"))
        #expect(text.contains("failed with "))
    }

    @Test(
        "leaves words alone that only begin like a key",
        arguments: ["br-short", "a sk-y day", "abbr-abcdefghijklmnopqrstuvwxyz", "Bearer of news", ""])
    func words(text: String) throws {
        logger().error("\(text)")
        #expect(try last()["message"] == .string(text))
    }
}
