import FoundationEssentials
import TestSupport
import Testing

@testable import Settings

@Suite("The settings file")
struct SettingsFileTests {
    private let folder = TemporaryDirectory()

    private func message(_ path: String) -> String {
        do {
            _ = try Settings.load(environment: [:], file: path)
            return ""
        } catch {
            return "\(error)"
        }
    }

    private func write(_ text: String) throws -> String {
        let path = folder.file("brook.json")
        try Data(text.utf8).write(to: URL(filePath: path))
        return path
    }

    @Test("is the one that --config names, else the one that BROOK_CONFIG names")
    func choice() throws {
        let path = try write(#"{"drain_seconds": 7}"#)
        #expect(try Settings.load(environment: [:], file: path).drainLimit == .seconds(7))
        #expect(try Settings.load(environment: ["BROOK_CONFIG": path]).drainLimit == .seconds(7))
        #expect(try Settings.load(environment: ["BROOK_CONFIG": "/nowhere"], file: path).drainLimit == .seconds(7))
    }

    @Test("that is missing or a folder is refused with its path and the reason")
    func unreadable() {
        let missing = folder.file("none.json")
        #expect(
            message(missing)
                == "the settings file \(missing) cannot be read, there is no such file: correct --config or BROOK_CONFIG"
        )
        #expect(message(folder.path).hasPrefix("the settings file \(folder.path) cannot be read, "))
    }

    @Test(
        "that is no JSON object is refused with the place and the form it should have",
        arguments: [("{\"drain_seconds\": 7", "at byte 19"), ("[]", "it is an array"), ("", "at byte 0")])
    func malformed(text: String, reason: String) throws {
        let text = message(try write(text))
        #expect(text.contains(reason))
        #expect(text.hasSuffix(#"it must hold one JSON object such as {"log_level": "info"}"#))
    }
}
