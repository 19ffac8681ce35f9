import FoundationEssentials
import Testing

@testable import Settings

@Suite("The table of settings")
struct SettingsTableTests {
    @Test("has names that are unique, lower case, and spelt alike in file and environment")
    func names() {
        #expect(Set(Setting.all.map(\.name)).count == Setting.all.count)
        for setting in Setting.all {
            #expect(setting.name.utf8.allSatisfy { (97...122).contains($0) || $0 == 95 }, "\(setting.name)")
            #expect(setting.variable == "BROOK_" + setting.name.uppercased())
        }
    }

    @Test("gives each setting a default that it takes itself")
    func defaults() {
        for setting in Setting.all {
            if case .text(let text) = setting.standard { #expect(setting.kind.parse(text) != nil, "\(setting.name)") }
        }
    }

    @Test("names every setting in help, and each with its meaning")
    func help() {
        for setting in Setting.all {
            #expect(SettingsTable.help.contains(setting.variable))
            #expect(SettingsTable.help.contains(setting.meaning))
        }
    }

    @Test("stands in README.md as it is")
    func readme() throws {
        let file = #filePath.replacing("/Tests/Settings/SettingsTableTests.swift", with: "/README.md")
        let readme = String(decoding: try Data(contentsOf: URL(filePath: file)), as: UTF8.self)
        #expect(readme.contains(SettingsTable.markdown), "take it from `brook check-config --markdown`")
    }
}
