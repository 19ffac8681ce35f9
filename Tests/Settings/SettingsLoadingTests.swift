import Core
import Logging
import TestSupport
import Testing

@testable import Settings

@Suite("Settings")
struct SettingsLoadingTests {
    private func file(_ text: String) throws -> SettingsFile {
        try SettingsFile(path: "/etc/brook.json", bytes: Array(text.utf8))
    }

    private func message(_ body: () throws -> Void) -> String {
        do {
            try body()
            return ""
        } catch {
            return "\(error)"
        }
    }

    @Test("have their documented defaults where nothing is set")
    func defaults() throws {
        let settings = try Settings.load(environment: [:])
        #expect(settings.stateDirectory == "/var/lib/brook")
        #expect(settings.database == "/var/lib/brook/brook.db")
        #expect(settings.secretKeyFile == "/var/lib/brook/secret.key")
        #expect(settings.adminKey == nil)
        #expect(settings.logLevel == .info)
        #expect(settings.recordsText)
        #expect(settings.drainLimit == .seconds(30))
        #expect(settings.maximumBody == 32 << 20)
        #expect(settings.entries.allSatisfy { $0.origin == .standard })
    }

    @Test("say what may be fetched, in lists")
    func fetching() throws {
        let standard = try Settings.load(environment: [:]).fetching
        #expect(standard == FetchPolicy())
        #expect(standard.isOn && standard.ports == [80, 443] && standard.networks.isEmpty)
        let file = try file(
            #"{"fetch_urls": false, "fetch_ports": 8080, "fetch_networks": "10.20.0.0/16, fd12:3456::/32"}"#)
        let policy = try Settings.load(environment: ["BROOK_FETCH_PORTS": "80, 443,8443"], file: file).fetching
        #expect(!policy.isOn)
        #expect(policy.ports == [80, 443, 8443])
        #expect(policy.networks == ["10.20.0.0/16", "fd12:3456::/32"].compactMap { IPNetwork($0) })
        for (name, text) in [
            ("FETCH_PORTS", "80,"), ("FETCH_PORTS", "0"), ("FETCH_PORTS", "65536"), ("FETCH_PORTS", "80;443"),
            ("FETCH_NETWORKS", "10.20.0.1/16"), ("FETCH_NETWORKS", "intranet"), ("FETCH_NETWORKS", "10.0.0.0/8,"),
            ("FETCH_NETWORKS", "10.0.0.0/33"),
        ] {
            let message = message { _ = try Settings.load(environment: ["BROOK_\(name)": text]) }
            #expect(message.hasPrefix("BROOK_\(name) is \"\(text)\": give "), "\(message)")
        }
    }

    @Test("come from the environment before the file, and from the file before the default")
    func layers() throws {
        let file = try file(#"{"drain_seconds": 7, "record_text": false, "log_level": "debug", "state_dir": "/srv/b"}"#)
        let settings = try Settings.load(environment: ["BROOK_DRAIN_SECONDS": "9"], file: file)
        #expect(settings.drainLimit == .seconds(9))
        #expect(!settings.recordsText)
        #expect(settings.logLevel == .debug)
        #expect(settings.database == "/srv/b/brook.db")
        let origins = settings.entries.filter { $0.origin != .standard }.map { "\($0.setting.name) \($0.origin.text)" }
        #expect(
            origins == [
                "state_dir /etc/brook.json", "log_level /etc/brook.json", "record_text /etc/brook.json",
                "drain_seconds environment",
            ])
    }

    @Test("count an empty variable as unset, and null in the file as absent")
    func empty() throws {
        let file = try file(#"{"log_level": null, "drain_seconds": 7}"#)
        let settings = try Settings.load(environment: ["BROOK_DRAIN_SECONDS": "", "BROOK_CONFIG": ""], file: file)
        #expect(settings.drainLimit == .seconds(7))
        #expect(settings.logLevel == .info)
    }

    @Test(
        "that are wrong name the setting, its value and the remedy",
        arguments: [
            ("BROOK_DRAIN_SECONDS", "soon", #"BROOK_DRAIN_SECONDS is "soon": give whole seconds from 0 to 3600"#),
            ("BROOK_DRAIN_SECONDS", "3601", #"BROOK_DRAIN_SECONDS is "3601": give whole seconds from 0 to 3600"#),
            ("BROOK_DRAIN_SECONDS", "-1", #"BROOK_DRAIN_SECONDS is "-1": give whole seconds from 0 to 3600"#),
            (
                "BROOK_TEXT_RETENTION_DAYS", "30d",
                #"BROOK_TEXT_RETENTION_DAYS is "30d": give whole days from 0 to 36500"#
            ),
            ("BROOK_STATE_DIR", "state", #"BROOK_STATE_DIR is "state": give an absolute path, beginning with /"#),
            ("BROOK_RECORD_TEXT", "maybe", #"BROOK_RECORD_TEXT is "maybe": give true or false"#),
            (
                "BROOK_LOG_LEVEL", "loud",
                #"BROOK_LOG_LEVEL is "loud": give one of trace, debug, info, notice, warning, error, critical"#
            ),
            (
                "BROOK_MAX_BODY", "99999999999999999999g",
                #"BROOK_MAX_BODY is "99999999999999999999g": give a number of bytes from 64k to 1g, with k, m or g for 1024, 1024^2 or 1024^3"#
            ),
        ])
    func wrong(variable: String, value: String, expected: String) {
        #expect(message { _ = try Settings.load(environment: [variable: value]) } == expected)
    }

    @Test("refuse to keep texts longer than the records that they are in")
    func retention() throws {
        let text = message {
            _ = try Settings.load(
                environment: ["BROOK_RECORD_RETENTION_DAYS": "90"], file: file(#"{"text_retention_days": 91}"#))
        }
        #expect(
            text
                == "record_retention_days is 90 and text_retention_days is 91, but texts go with their records: give "
                + "record_retention_days at least 91, or text_retention_days 0")
        for (texts, records) in [(0, 90), (90, 90), (30, 0), (0, 0)] {
            let settings = try Settings.load(
                environment: ["BROOK_TEXT_RETENTION_DAYS": "\(texts)", "BROOK_RECORD_RETENTION_DAYS": "\(records)"])
            #expect(settings.textRetentionDays == texts && settings.recordRetentionDays == records)
        }
    }

    @Test("that are wrong in the file name the file")
    func wrongInFile() {
        #expect(
            message { _ = try Settings.load(environment: [:], file: file(#"{"drain_seconds": 1.5}"#)) }
                == #"drain_seconds in /etc/brook.json is "1.5": give whole seconds from 0 to 3600"#)
        #expect(
            message { _ = try file(#"{"record_text": [true]}"#) }
                == "record_text in /etc/brook.json is an array: give true or false")
    }

    @Test("never show a secret value, whether it is right or wrong")
    func secrets() throws {
        let wrong = message { _ = try Settings.load(environment: ["BROOK_ADMIN_KEY": "hunter2"]) }
        #expect(wrong == "BROOK_ADMIN_KEY is (hidden): give br_ followed by 24 to 200 letters, digits, - or _")
        let key = "br_" + String(repeating: "k", count: 30)
        let settings = try Settings.load(environment: ["BROOK_ADMIN_KEY": key])
        #expect(settings.adminKey == key)
        #expect(!SettingsTable.effective(settings).contains(key))
        #expect(SettingsTable.effective(settings).contains("(hidden)"))
    }

    @Test(
        "in the file that do not exist are refused by name, with the one that was meant",
        arguments: [
            ("drain_secods", #"did you mean "drain_seconds"?"#), ("Log_Level", #"did you mean "log_level"?"#),
            ("databsae", #"did you mean "database"?"#), ("colour", "remove it, or use one of state_dir, database"),
        ])
    func unknown(name: String, remedy: String) {
        let text = message { _ = try file("{\"\(name)\": 1}") }
        #expect(text.hasPrefix(#"/etc/brook.json has "\#(name)", which is no setting: "#))
        #expect(text.contains(remedy))
    }

    @Test("warn of a variable that is spelt almost like one")
    func misspeltVariable() throws {
        let environment = ["BROOK_LOGLEVEL": "debug", "BROOK_BIN": "/x", "BROOK_SOMETHING_ELSE": "1", "HOME": "/"]
        let settings = try Settings.load(environment: environment)
        #expect(settings.warnings == ["BROOK_LOGLEVEL is set and is no setting: did you mean BROOK_LOG_LEVEL?"])
    }

    @Test(
        "read sizes with and without a unit",
        arguments: [("65536", 65_536), ("64k", 65_536), ("64K", 65_536), ("32m", 33_554_432), ("1g", 1_073_741_824)])
    func sizes(text: String, bytes: Int) throws {
        #expect(try Settings.load(environment: ["BROOK_MAX_BODY": text]).maximumBody == bytes)
    }

    @Test("tell which changed ones need a restart")
    func restart() throws {
        let before = try Settings.load(environment: ["BROOK_LOG_LEVEL": "info"])
        let after = try Settings.load(environment: ["BROOK_LOG_LEVEL": "debug", "BROOK_DATABASE": "/srv/other.db"])
        #expect(before.restartNeeded(for: after) == ["database"])
        #expect(before.restartNeeded(for: before).isEmpty)
    }
}
