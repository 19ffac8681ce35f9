internal import CLinux

/// What a watched descriptor is ready for.
package struct Readiness: OptionSet, Sendable {
    package let rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }

    package static let readable = Readiness(rawValue: 1)
    package static let writable = Readiness(rawValue: 2)
    /// The peer has closed its side, or the descriptor is in error. Reported whether asked for or not, except that a
    /// half-close is reported only where `hangUp` is part of the interest.
    package static let hangUp = Readiness(rawValue: 4)
}

/// Whose turn it is when many descriptors are ready at once.
package enum Urgency: Sendable {
    /// Somebody waits for the first sign of an answer: connections of clients, signals, results of other threads.
    case prompt
    /// Pieces of work that are already under way and come in masses, like the chunks of providers' streams.
    case bulk
}

/// A descriptor that the loop watches. Level-triggered. Ends with ``EventLoop/unwatch(_:)``, before the descriptor
/// is closed.
package final class Watch: @unchecked Sendable {
    // Touched only on the loop's thread.
    package let descriptor: CInt
    let id: UInt32
    let urgency: Urgency
    let handler: (Readiness) -> Void
    fileprivate(set) package var interest: Readiness
    fileprivate var isLive = true

    fileprivate init(
        _ descriptor: CInt, id: UInt32, urgency: Urgency, interest: Readiness, handler: @escaping (Readiness) -> Void
    ) {
        self.descriptor = descriptor
        self.id = id
        self.urgency = urgency
        self.interest = interest
        self.handler = handler
    }

    /// The descriptor for finding the watch, the id so that an event queued for a closed descriptor is not taken for
    /// one of its successor's.
    fileprivate var tag: UInt64 { UInt64(id) << 32 | UInt64(UInt32(bitPattern: descriptor)) }
}

extension EventLoop {
    /// Calls `handler` on the loop whenever the descriptor is ready for one of `interest`.
    ///
    /// On the loop's thread only. A regular file is refused by epoll (`EPERM`).
    @LoopActor
    package func watch(
        _ descriptor: CInt, for interest: Readiness, urgency: Urgency = .prompt,
        handler: @escaping @LoopActor (Readiness) -> Void
    ) throws(SystemCallError) -> Watch {
        lastWatchID = lastWatchID == .max ? 1 : lastWatchID + 1
        let plain = unsafe unsafeBitCast(handler, to: ((Readiness) -> Void).self)
        let watch = Watch(descriptor, id: lastWatchID, urgency: urgency, interest: interest, handler: plain)
        try control(EPOLL_CTL_ADD, watch)
        let slot = Int(descriptor)
        if slot >= watches.count {
            watches += [Watch?](repeating: nil, count: max(slot + 1 - watches.count, watches.count))
        }
        watches[slot] = watch
        return watch
    }

    /// Changes what the watch waits for; without effect when it is that already.
    @LoopActor
    package func setInterest(_ interest: Readiness, of watch: Watch) {
        guard watch.isLive, watch.interest != interest else { return }
        watch.interest = interest
        // Fails only for a descriptor that was closed behind the watch, and then no event can come either.
        _ = try? control(EPOLL_CTL_MOD, watch)
    }

    /// Ends the watch. Events that were already fetched for it are dropped.
    @LoopActor
    package func unwatch(_ watch: Watch) {
        guard watch.isLive else { return }
        watch.isLive = false
        watches[Int(watch.descriptor)] = nil
        _ = try? control(EPOLL_CTL_DEL, watch)
    }

    private func control(_ operation: CInt, _ watch: Watch) throws(SystemCallError) {
        var events: UInt32 = 0
        if watch.interest.contains(.readable) { events |= EPOLLIN.rawValue }
        if watch.interest.contains(.writable) { events |= EPOLLOUT.rawValue }
        if watch.interest.contains(.hangUp) { events |= EPOLLRDHUP.rawValue }
        let result = brook_epoll_control(poller(watch.urgency), operation, watch.descriptor, events, watch.tag)
        if result != 0 { throw SystemCallError(lastErrorOf: "epoll_ctl") }
    }

    private func poller(_ urgency: Urgency) -> CInt {
        switch urgency {
        case .prompt: promptPoller
        case .bulk: bulkPoller
        }
    }

    func dispatch(bits: UInt32, tag: UInt64) {
        let slot = Int(tag & 0xffff_ffff)
        guard slot < watches.count, let watch = watches[slot], watch.id == UInt32(tag >> 32) else { return }
        var readiness: Readiness = []
        if bits & EPOLLIN.rawValue != 0 { readiness.insert(.readable) }
        if bits & EPOLLOUT.rawValue != 0 { readiness.insert(.writable) }
        if bits & (EPOLLHUP.rawValue | EPOLLERR.rawValue | EPOLLRDHUP.rawValue) != 0 { readiness.insert(.hangUp) }
        watch.handler(readiness)
    }
}
