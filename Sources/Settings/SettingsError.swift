/// Settings that cannot be used. Its text is one line: what is wrong, its value, and what to do.
package enum SettingsError: Error, Sendable, Equatable, CustomStringConvertible {
    /// `value` as it may be shown.
    case wrongValue(Setting, value: String, origin: SettingOrigin)
    /// Texts are to be kept longer than the records that they are in.
    case recordsBeforeTexts(recordDays: Int, textDays: Int)
    case unknownName(String, file: String)
    case unreadable(file: String, reason: String)
    case malformed(file: String, reason: String)

    package var description: String {
        switch self {
        case .wrongValue(let setting, let value, .file(let path)):
            "\(setting.name) in \(path) is \(value): give \(setting.kind.remedy)"
        case .wrongValue(let setting, let value, _):
            "\(setting.variable) is \(value): give \(setting.kind.remedy)"
        case .recordsBeforeTexts(let recordDays, let textDays):
            "record_retention_days is \(recordDays) and text_retention_days is \(textDays), but texts go with their "
                + "records: give record_retention_days at least \(textDays), or text_retention_days 0"
        case .unknownName(let name, let file):
            "\(file) has \"\(name)\", which is no setting: " + Self.suggestion(for: name)
        case .unreadable(let file, let reason):
            "the settings file \(file) cannot be read, \(reason): correct --config or BROOK_CONFIG"
        case .malformed(let file, let reason):
            "the settings file \(file) is wrong: \(reason); it must hold one JSON object such as {\"log_level\": \"info\"}"
        }
    }

    private static func suggestion(for name: String) -> String {
        let names = Setting.all.map(\.name)
        if let near = name.nearest(of: names) { return "did you mean \"\(near)\"?" }
        return "remove it, or use one of " + names.joined(separator: ", ")
    }
}
