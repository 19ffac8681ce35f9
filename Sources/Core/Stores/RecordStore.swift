package import EventLoop

/// Reads of what the ledger wrote.
@LoopActor
package protocol RecordStore: Sendable {
    func sessions(_ filter: SessionFilter, page: PageRequest) async throws(StorageError) -> Page<SessionRecord>
    /// `wholePrompt` stays empty in lists.
    func threads(_ filter: ThreadFilter, page: PageRequest) async throws(StorageError) -> Page<ThreadRecord>
    func session(_ id: SessionID) async throws(StorageError) -> SessionRecord?
    /// With its `wholePrompt`.
    func thread(_ id: ThreadID) async throws(StorageError) -> ThreadRecord?
    /// The newest threads older than `end` (nil: the newest of all), so that a long list can be read piece by piece:
    /// at most 500, and no more once they have about 256 KiB of text. Empty when there are no more.
    func threads(_ filter: ThreadFilter, before end: ThreadID?) async throws(StorageError) -> [ThreadRecord]
}

package struct SessionFilter: Sendable, Equatable {
    /// Part of the title.
    package var text: String?
    package var keyID: KeyID?

    package init(text: String? = nil, keyID: KeyID? = nil) {
        self.text = text
        self.keyID = keyID
    }
}

package struct ThreadFilter: Sendable, Equatable {
    /// Part of the prompt or completion.
    package var text: String?
    package var keyID: KeyID?
    package var sessionID: SessionID?
    package var model: String?
    /// Inclusive.
    package var from: Timestamp?
    /// Exclusive.
    package var to: Timestamp?

    package init(
        text: String? = nil, keyID: KeyID? = nil, sessionID: SessionID? = nil, model: String? = nil,
        from: Timestamp? = nil,
        to: Timestamp? = nil
    ) {
        self.text = text
        self.keyID = keyID
        self.sessionID = sessionID
        self.model = model
        self.from = from
        self.to = to
    }
}

/// Whether storage can serve: for `/readyz` and start-up.
@LoopActor
package protocol StorageHealth: Sendable {
    /// Reads, and has the writer commit an empty transaction.
    func check() async throws(StorageError)
    /// A point look-up.
    func size() throws(StorageError) -> DatabaseSize
}
