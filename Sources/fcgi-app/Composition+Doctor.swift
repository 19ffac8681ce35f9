internal import Core
internal import Doctor
internal import EventLoop
internal import Providers
internal import Settings
internal import Storage
internal import Upstream

/// What `brook doctor` asks of the database and of the network.
extension Composition {
    /// One read and one committed write, and whether every page is sound.
    static func examineDatabase(_ settings: Settings) -> Finding {
        do throws(StorageOpenError) { try DatabaseIntegrity.check(database: settings.database) } catch {
            return Finding(
                .failure, "database",
                "\(error). Where it says damage: stop brook and restore a backup (docs/operations.md)")
        }
        return Finding(.good, "database", "\(settings.database) is sound, reads and commits")
    }

    /// Every model's provider, with the credentials of this process's surroundings.
    @LoopActor
    static func examineProviders(_ settings: Settings) async throws(CommandFailure) -> [Finding] {
        let storage = try openStorage(settings, metrics: nil)
        let transport: CurlTransport
        do {
            transport = try CurlTransport(userAgent: "brook/\(Version.current)")
        } catch {
            throw CommandFailure("libcurl cannot be started: \(error)", code: .usage)
        }
        let clock = SystemClock()
        let chain = CredentialChain(environment: .process, transport: transport, clock: clock)
        let examination = ProviderExamination(
            transport: transport, credentials: chain, environment: .process, clock: clock)
        do throws(StorageError) {
            let models = try await storage.models(ModelFilter(), page: PageRequest(limit: 1000)).items
            let findings = await examination.findings(models)
            await storage.close()
            return findings
        } catch { throw CommandFailure(storage: error) }
    }
}
