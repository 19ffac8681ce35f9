internal import Core
internal import EventLoop
internal import Settings
internal import Storage

/// What `brook retention` does.
@LoopActor
extension Composition {
    static func dueForRetention(_ settings: Settings) async throws(CommandFailure) -> RetentionCount {
        let storage = try openStorage(settings, metrics: nil)
        do throws(StorageError) {
            let due = try await storage.dueForRetention(retention(settings))
            await storage.close()
            return due
        } catch { throw CommandFailure(storage: error) }
    }

    /// Removes what is due; tells after each batch what it has removed so far. Answers that, and how much of the database
    /// is free then.
    static func runRetention(
        _ settings: Settings, progress: (RetentionCount) -> Void
    ) async throws(CommandFailure) -> (removed: RetentionCount, size: DatabaseSize) {
        let storage = try openStorage(settings, metrics: nil)
        var removed = RetentionCount()
        do throws(StorageError) {
            try await Upkeep(storage, retention: retention(settings)).removeAged { count in
                removed = count
                progress(count)
            }
            let size = try storage.size()
            await storage.close()
            return (removed, size)
        } catch { throw CommandFailure(storage: error) }
    }
}
