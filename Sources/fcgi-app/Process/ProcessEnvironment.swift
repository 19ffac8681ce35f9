internal import FoundationEssentials
internal import Settings

/// The settings that a command goes by.
enum ProcessEnvironment {
    static func settings(file: String?) throws(CommandFailure) -> Settings {
        do throws(SettingsError) {
            return try Settings.load(environment: ProcessInfo.processInfo.environment, file: file)
        } catch {
            throw CommandFailure("\(error)", code: .settings)
        }
    }
}
