/// One thing that can be set: its names, what it takes, and what it means.
///
/// The rows of ``all`` are the only place where settings are declared; the loader, `brook check-config`, the help of the
/// commands and the table in README.md are made from them.
package struct Setting: Sendable, Equatable {
    /// What holds where nothing is set.
    package enum Default: Sendable, Equatable {
        case text(String)
        /// A file of that name in `state_dir`.
        case inStateDirectory(String)
        case none
    }

    /// When a changed value holds.
    package enum Effect: String, Sendable {
        case reload
        case restart
    }

    /// The member of the settings file; lower case, words joined by `_`.
    package let name: String
    package let kind: SettingKind
    package let standard: Default
    package let effect: Effect
    /// Never shown, in no message.
    package let isSecret: Bool
    /// One sentence, for people.
    package let meaning: String

    init(
        _ name: String, _ kind: SettingKind, default standard: Default, effect: Effect, secret isSecret: Bool = false,
        _ meaning: String
    ) {
        self.name = name
        self.kind = kind
        self.standard = standard
        self.effect = effect
        self.isSecret = isSecret
        self.meaning = meaning
    }

    /// The environment's name for it.
    package var variable: String { "BROOK_" + name.uppercased() }

    /// The default as a reader should see it.
    package var standardText: String {
        switch standard {
        case .text(let text): text
        case .inStateDirectory(let file): "<state_dir>/" + file
        case .none: "none"
        }
    }

    /// A value of it as it may be shown.
    package func shown(_ text: String) -> String { isSecret ? "(hidden)" : text }
}
