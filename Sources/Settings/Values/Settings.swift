package import Core
package import Logging

/// What one Brook process goes by. Read whole and checked before anything else starts.
package struct Settings: Sendable, Equatable {
    package let stateDirectory: String
    package let database: String
    package let secretKeyFile: String
    package let adminKey: String?
    package let logLevel: Logger.Level
    package let recordsText: Bool
    /// 0: for ever.
    package let textRetentionDays: Int
    /// 0: for ever; else no less than ``textRetentionDays``.
    package let recordRetentionDays: Int
    package let drainLimit: Duration
    /// Bytes.
    package let maximumBody: Int
    /// For files that requests name by their URL.
    package let fetching: FetchPolicy

    /// Each setting with its value as text and where that came from, in the table's order.
    package let entries: [Entry]
    /// Things that look like mistakes but stop nothing: lines for a person.
    package let warnings: [String]

    /// A setting as it stands.
    package struct Entry: Sendable, Equatable {
        package let setting: Setting
        /// As it may be shown.
        package let shown: String
        package let origin: SettingOrigin
    }

    /// The names of settings that differ and hold only after a restart.
    package func restartNeeded(for other: Settings) -> [String] {
        zip(entries, other.entries).compactMap { now, then in
            now.setting.effect == .restart && now.shown != then.shown ? now.setting.name : nil
        }
    }
}

/// Where a value came from.
package enum SettingOrigin: Sendable, Equatable {
    case standard
    case environment
    case file(String)

    package var text: String {
        switch self {
        case .standard: "default"
        case .environment: "environment"
        case .file(let path): path
        }
    }
}
