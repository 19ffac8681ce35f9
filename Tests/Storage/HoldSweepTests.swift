import Core
import EventLoop
import TestSupport
import Testing

@testable import Storage

@Suite("Holds of processes that ended", .timeLimit(.minutes(1)))
struct HoldSweepTests {
    private static let me = ProcessIdentity.current()

    private static func like(
        processID: Int32? = nil, startTicks: Int64? = nil, pidNamespace: Int64? = nil, bootID: String? = nil
    ) -> ProcessIdentity {
        ProcessIdentity(
            processID: processID ?? me.processID, startTicks: startTicks ?? me.startTicks,
            pidNamespace: pidNamespace ?? me.pidNamespace, bootID: bootID ?? me.bootID)
    }

    @Test("name a process by number, start, namespace and boot")
    func identity() {
        #expect(Self.me.startTicks > 0)
        #expect(Self.me.pidNamespace > 0)
        #expect(Self.me.bootID.utf8.count == 36)
        #expect(Self.me == ProcessIdentity.current())
        #expect(!Self.me.knowsEnd(of: Self.me))
    }

    static let owners: [(String, ProcessIdentity, Bool)] = [
        ("a process that does not exist", like(processID: .max), true),
        ("an earlier process of the same number", like(startTicks: me.startTicks - 1), true),
        ("a process from before a restart of the machine", like(bootID: "earlier"), true),
        ("another process that runs", like(processID: 1, startTicks: initStart), false),
        ("a process of another container", like(processID: .max, pidNamespace: 1), false),
        ("this process", me, false),
    ]

    private static var initStart: Int64 {
        let stat = (try? readAll("/proc/1/stat")) ?? []
        let fields = String(decoding: stat, as: UTF8.self).split(separator: ")").last?.split(separator: " ") ?? []
        return fields.count > 19 ? Int64(fields[19]) ?? -1 : -1
    }

    @Test("go with the sweep, and with the next start", arguments: [false, true])
    func sweep(atStart: Bool) async throws {
        for (title, owner, isDead) in Self.owners {
            let fixture = Fixture()
            try await onLoop {
                let ended = try fixture.open(owner: owner)
                let key = try await ended.create(.sample(quota: dollars("10")), by: fixture.operatorOfTests)
                _ = try await ended.hold(key.id, dollars("10"), fixture)
                await ended.close()

                let storage = try SQLiteStorage.open(
                    path: fixture.database, secretKeyPath: fixture.secretKey, clock: fixture.clock,
                    owner: atStart ? Self.me : owner)
                let sweeper =
                    atStart
                    ? storage
                    : SQLiteStorage(
                        path: fixture.database, secrets: storage.secrets, clock: fixture.clock, metrics: nil,
                        owner: Self.me, lookupRecheck: .zero)
                if !atStart {
                    #expect(try await sweeper.sweepHolds() == (isDead ? 1 : 0), "\(title)")
                    #expect(try await sweeper.sweepHolds() == 0, "\(title)")
                }
                let answer = try await sweeper.hold(key.id, dollars("1"), fixture)
                #expect((answer.hold != nil) == isDead, "\(title)")
                await sweeper.close()
                await storage.close()
            }
        }
    }

    @Test("end at their time, whoever placed them")
    func expiry() async throws {
        try await withStorage { storage, fixture in
            let key = try await storage.create(.sample(), by: fixture.operatorOfTests)
            _ = try await storage.hold(key.id, dollars("1"), fixture, seconds: 10)
            _ = try await storage.hold(key.id, dollars("1"), fixture, seconds: 20)
            #expect(try await storage.sweepHolds() == 0)
            fixture.clock.advance(seconds: 10)
            #expect(try await storage.sweepHolds() == 1)
            #expect(try fixture.inspect("SELECT COUNT(*) FROM holds") { $0.int() } == [1])
        }
    }
}
