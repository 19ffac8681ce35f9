import EventLoop

/// What the connections have to say in one turn of the loop, written together at its end. See ADR 22.
@LoopActor
final class WriteBatch {
    private var waiting: [FastCGIConnection] = []
    private var leaving: [FastCGIConnection] = []
    private let group: GroupedWrites?

    /// - Parameter grouped: whether several writes may be one system call, where the kernel allows that.
    init(grouped: Bool = true) { group = grouped ? GroupedWrites() : nil }

    /// Has the connection's records written when the turn ends, and the connection told.
    func add(_ connection: FastCGIConnection) {
        if waiting.isEmpty { EventLoop.shared.atEndOfTurn { self.flush() } }
        waiting.append(connection)
    }

    private func flush() {
        swap(&waiting, &leaving)
        var rest = leaving[...]
        if rest.count > 1, let group {
            while !rest.isEmpty {
                let taken = rest.prefix { $0.isGone || group.add($0.pendingBytes, to: $0.fcgi.descriptor) }
                guard !taken.isEmpty else { break }
                finish(taken, group.submit())
                rest = rest.dropFirst(taken.count)
            }
        }
        for connection in rest { connection.writeNow() }
        leaving.removeAll(keepingCapacity: true)
    }

    /// Tells the connections of one system call how their writes went; those whose client had left took no part.
    private func finish(_ connections: ArraySlice<FastCGIConnection>, _ outcomes: [Bool]) {
        var next = 0
        for connection in connections {
            if connection.isGone {
                connection.written(whole: false)
            } else {
                connection.written(whole: outcomes[next])
                next += 1
            }
        }
    }
}
