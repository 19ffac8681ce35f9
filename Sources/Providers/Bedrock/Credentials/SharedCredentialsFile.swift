internal import Core
package import EventLoop
internal import FoundationEssentials

/// One profile of `~/.aws/credentials`.
///
/// Tools that refresh temporary credentials rewrite the file, so its time of change is looked at for every call, and a
/// changed file is read again. Both happen on a helper thread.
@LoopActor
package final class SharedCredentialsFile {
    private struct Reading: Sendable {
        let version: FileStamp
        let result: Result<AWSCredentials, CredentialError>
    }

    /// A larger file is no credentials file.
    nonisolated static let maximumSize = 1024 * 1024

    private let path: String
    private let profile: String
    private var last: Reading?

    package nonisolated init(path: String, profile: String) {
        self.path = path
        self.profile = profile
    }

    package func credentials() async throws(CredentialError) -> AWSCredentials {
        let (path, profile, last) = (path, profile, last)
        let reading = try await HelperPool.shared.run { () throws(CredentialError) -> Reading in
            let version = try Self.version(of: path)
            if let last, last.version == version { return last }
            return Reading(version: version, result: Self.read(path, profile: profile))
        }
        self.last = reading
        return try reading.result.get()
    }

    nonisolated private static func version(of path: String) throws(CredentialError) -> FileStamp {
        guard let version = FileStamp(path: path) else {
            throw CredentialError(
                "no AWS credentials: neither in the model's config nor in the environment, and there is no readable "
                    + "file \(path)", isAbsence: true)
        }
        return version
    }

    nonisolated private static func read(_ path: String, profile: String) -> Result<AWSCredentials, CredentialError> {
        guard let data = FileManager.default.contents(atPath: path), data.count <= maximumSize else {
            return .failure(CredentialError("the shared credentials file \(path) cannot be read"))
        }
        return SharedCredentials.parse(String(decoding: data, as: UTF8.self), profile: profile)
    }
}
