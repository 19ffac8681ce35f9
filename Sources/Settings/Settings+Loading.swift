internal import Configuration
internal import Core
internal import Logging

extension Settings {
    /// Names that begin like settings and are read elsewhere: the settings file, and the binary that scripts start.
    private static let otherVariables = ["BROOK_CONFIG", "BROOK_BIN"]

    /// Reads every setting: the environment over the file over the default.
    ///
    /// An empty variable counts as unset.
    /// - Parameter file: the path of the settings file; nil takes `BROOK_CONFIG`, and no file when that is not set.
    package static func load(environment: [String: String], file: String? = nil) throws(SettingsError) -> Settings {
        var path = file ?? environment["BROOK_CONFIG"]
        if path == "" { path = nil }
        let settingsFile: SettingsFile? = if let path { try SettingsFile(path: path) } else { nil }
        return try load(environment: environment, file: settingsFile)
    }

    static func load(environment: [String: String], file: SettingsFile?) throws(SettingsError) -> Settings {
        let environment = environment.filter { !$0.value.isEmpty }
        let reader = LayeredReader(environment: environment, file: file)
        let directory = try reader.text(.stateDirectory)
        let levelName = try reader.text(.logLevel)
        let adminKey = try reader.value(of: .adminKey, in: directory)
        let textDays = try reader.number(.textRetentionDays)
        let recordDays = try reader.number(.recordRetentionDays)
        if recordDays > 0, recordDays < textDays {
            throw .recordsBeforeTexts(recordDays: recordDays, textDays: textDays)
        }
        return Settings(
            stateDirectory: directory,
            database: try reader.text(.database, in: directory),
            secretKeyFile: try reader.text(.secretKeyFile, in: directory),
            adminKey: adminKey?.text,
            logLevel: Logger.Level(rawValue: levelName) ?? .info,
            recordsText: try reader.flag(.recordText),
            textRetentionDays: textDays,
            recordRetentionDays: recordDays,
            drainLimit: .seconds(try reader.number(.drainSeconds)),
            maximumBody: try reader.number(.maximumBody),
            fetching: try reader.fetchPolicy(),
            entries: reader.entries(in: directory),
            warnings: warnings(about: environment))
    }

    private static func warnings(about environment: [String: String]) -> [String] {
        let known = Setting.all.map(\.variable) + otherVariables
        return environment.keys.sorted().compactMap { name in
            guard name.hasPrefix("BROOK_"), !known.contains(name), let near = name.nearest(of: known) else {
                return nil
            }
            return "\(name) is set and is no setting: did you mean \(near)?"
        }
    }
}

/// Looks a setting up in its layers, and reads what it finds.
private struct LayeredReader {
    private let reader: ConfigReader
    private let environment: [String: String]
    private let file: SettingsFile?

    init(environment: [String: String], file: SettingsFile?) {
        let secrets = Set(Setting.all.filter(\.isSecret).map(\.variable))
        var providers: [any ConfigProvider] = [
            EnvironmentVariablesProvider(environmentVariables: environment, secretsSpecifier: .specific(secrets))
        ]
        if let file {
            let values = Setting.all.compactMap { setting in
                file.values[setting.name].map {
                    (AbsoluteConfigKey(setting.key), ConfigValue(.string($0), isSecret: setting.isSecret))
                }
            }
            providers.append(InMemoryProvider(name: file.path, values: Dictionary(uniqueKeysWithValues: values)))
        }
        reader = ConfigReader(providers: providers)
        self.environment = environment
        self.file = file
    }

    /// Nil only for a setting without a default.
    func value(of setting: Setting, in directory: String = "") throws(SettingsError) -> SettingValue? {
        guard let (text, origin) = text(of: setting, in: directory) else { return nil }
        guard let value = setting.kind.parse(text) else {
            throw .wrongValue(setting, value: setting.isSecret ? "(hidden)" : "\"\(text)\"", origin: origin)
        }
        return value
    }

    func text(_ setting: Setting, in directory: String = "") throws(SettingsError) -> String {
        guard case .text(let text) = try value(of: setting, in: directory) else { mismatch(setting) }
        return text
    }

    func flag(_ setting: Setting) throws(SettingsError) -> Bool {
        guard case .flag(let flag) = try value(of: setting) else { mismatch(setting) }
        return flag
    }

    func number(_ setting: Setting) throws(SettingsError) -> Int {
        guard case .number(let number) = try value(of: setting) else { mismatch(setting) }
        return number
    }

    func fetchPolicy() throws(SettingsError) -> FetchPolicy {
        var policy = FetchPolicy()
        policy.isOn = try flag(.fetchURLs)
        guard case .numbers(let ports) = try value(of: .fetchPorts) else { mismatch(.fetchPorts) }
        policy.ports = Set(ports)
        switch try value(of: .fetchNetworks) {
        case nil: break
        case .networks(let networks): policy.networks = networks
        default: mismatch(.fetchNetworks)
        }
        return policy
    }

    func entries(in directory: String) -> [Settings.Entry] {
        Setting.all.map { setting in
            let (text, origin) = text(of: setting, in: directory) ?? ("none", .standard)
            let shown = origin == .standard ? text : setting.shown(text)
            return Settings.Entry(setting: setting, shown: shown, origin: origin)
        }
    }

    private func text(of setting: Setting, in directory: String) -> (text: String, origin: SettingOrigin)? {
        if let text = reader.string(forKey: setting.key, isSecret: setting.isSecret) {
            if environment[setting.variable] != nil { return (text, .environment) }
            return (text, .file(file?.path ?? ""))
        }
        switch setting.standard {
        case .text(let text): return (text, .standard)
        case .inStateDirectory(let name): return (directory + "/" + name, .standard)
        case .none: return nil
        }
    }

    /// The table gives a setting another kind than the code that reads it: a mistake of ours.
    private func mismatch(_ setting: Setting) -> Never {
        preconditionFailure("the table's kind of \(setting.name) is not what its reader takes")
    }
}

extension Setting {
    /// `BROOK_LOG_LEVEL` as the configuration library spells it: one component a word.
    fileprivate var key: ConfigKey { ConfigKey(["brook"] + name.split(separator: "_").map { String($0) }) }
}

extension SettingValue {
    fileprivate var text: String? { if case .text(let text) = self { text } else { nil } }
}
