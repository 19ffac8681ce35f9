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
    /// The next threads of a list that is read piece by piece, newest first: at most 500, and no more once they have
    /// about 256 KiB of text. Empty when there are no more.
    func threads(_ filter: ThreadFilter, from cursor: inout ThreadCursor) async throws(StorageError) -> [ThreadRecord]
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

/// Where the reading of a long list of threads stands, so that nothing is held open between its pieces.
package struct ThreadCursor: Sendable, Equatable {
    /// All that are still to be read have lower numbers. Nil at the beginning.
    package var end: ThreadID?
    /// Those that a search has found and that come next. A search finds more at once than a piece has, because finding
    /// costs as much for one thread as for many.
    package var found: [ThreadID] = []

    package init() {}
}

/// Whether storage can serve: for `/readyz` and start-up.
@LoopActor
package protocol StorageHealth: Sendable {
    /// Reads, and has the writer commit an empty transaction.
    func check() async throws(StorageError)
    /// A point look-up.
    func size() throws(StorageError) -> DatabaseSize
}
