import Core
import EventLoop
import TestSupport

@testable import Storage

/// A folder with a database of its own, and a clock that stands still.
final class Fixture: Sendable {
    let folder = TemporaryDirectory()
    let clock = ManualClock()
    let operatorOfTests = Operator(keyID: nil, name: "tests")

    var database: String { folder.file("brook.db") }
    var secretKey: String { folder.file("secret.key") }
    var month: BillingMonth { clock.now.month }

    func open(lookupRecheck: Duration = .zero) throws -> SQLiteStorage {
        try SQLiteStorage.open(
            path: database, secretKeyPath: secretKey, clock: clock, limitClock: clock,
            lookupRecheck: lookupRecheck)
    }

    /// Reads the file with a connection of the test's own.
    func inspect<Value>(_ sql: String, _ decode: (inout Row) -> Value) throws -> [Value] {
        try Connection(path: database, for: .scan).all(text: sql, [], decode: decode)
    }

    func change(_ script: String) throws {
        try Connection(path: database, for: .maintenance).execute(script: script)
    }

    /// Adds `count` copies of the first thread.
    func multiplyThreads(by count: Int) throws {
        let names = try inspect("SELECT name FROM pragma_table_info('threads') WHERE name <> 'id'") { $0.text() }
        let columns = names.joined(separator: ", ")
        try change(
            """
            WITH RECURSIVE copies(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM copies WHERE n < \(count))
            INSERT INTO threads (\(columns))
            SELECT \(names.map { "t." + $0 }.joined(separator: ", ")) FROM copies, threads t
            WHERE t.id = (SELECT MIN(id) FROM threads)
            """)
    }
}

/// Runs `body` on the loop with an open storage, which is closed afterwards.
func withStorage<Result: Sendable>(
    _ body: @escaping @Sendable @LoopActor (SQLiteStorage, Fixture) async throws -> Result
) async throws -> Result {
    let fixture = Fixture()
    return try await onLoop {
        let storage = try fixture.open()
        do {
            let result = try await body(storage, fixture)
            await storage.close()
            return result
        } catch {
            await storage.close()
            throw error
        }
    }
}

func dollars(_ text: String) -> Money {
    guard let money = Money(dollars: text) else { preconditionFailure("no amount: \(text)") }
    return money
}

extension NewKey {
    /// A key whose hash is made from `seed`.
    static func sample(
        _ name: String = "Ada", seed: UInt8 = 1, quota: Money? = dollars("10"), balance: Money = .zero
    ) -> NewKey {
        var key = NewKey(
            hash: KeyHash(bytes: [UInt8](repeating: seed, count: 32)), maskedKey: "br-abc…wxyz", name: name,
            monthQuota: quota)
        key.balance = balance
        return key
    }
}

extension NewModel {
    static func demo(_ name: String = "demo", provider: String = "echo", config: JSONObject = [:]) -> NewModel {
        NewModel(
            name: name, provider: provider, config: config,
            prices: PriceList(input: dollars("3"), output: dollars("15")))
    }
}

extension SQLiteStorage {
    func hold(_ key: KeyID, _ amount: Money, _ fixture: Fixture) throws -> Admission {
        try admit(HoldRequest(keyID: key, amount: amount, month: fixture.month))
    }

    /// Settles a call of the key for `fee`.
    @discardableResult
    func spend(
        _ fee: Money, _ key: KeyRecord, _ fixture: Fixture, hold: Hold? = nil, request: String,
        month: BillingMonth? = nil, session: SessionReference? = nil, edit: (inout CallRecord) -> Void = { _ in }
    ) async throws -> ThreadID {
        var call = CallRecord(
            model: "demo", provider: "echo", prices: PriceList(input: dollars("3"), output: dollars("15")))
        call.fee = fee
        edit(&call)
        return try await settle(
            Settlement(
                hold: hold, keyID: key.id, keyName: key.name, month: month ?? fixture.month, requestID: request,
                session: session, call: call))
    }

    func mayUse(_ model: ModelRecord, key: KeyID, group: GroupID?) throws -> Bool? {
        try self.model(named: model.name, for: key, group: group)?.mayUse
    }

    func key(_ id: KeyID, _ fixture: Fixture) throws -> KeyRecord? {
        try key(.id(id), month: fixture.month)
    }
}

extension Admission {
    var hold: Hold? { if case .admitted(let hold) = self { hold } else { nil } }
}

/// A small generator whose sequence is the same in every run.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state ^ (state >> 29)
    }
}

func readAll(_ path: String) throws -> [UInt8] { try SmallFile.read(path, limit: 64 << 20) }

/// Runs `body` for each number below `count`, all at once on the loop; answers the results in the numbers' order.
@LoopActor
func concurrently<Value: Sendable>(
    _ count: Int, _ body: @escaping @Sendable @LoopActor (Int) async throws -> Value
) async throws -> [Value] {
    var tasks: [Task<Value, any Error>] = []
    for index in 0..<count {
        tasks.append(Task(executorPreference: EventLoop.shared) { @Sendable @LoopActor in try await body(index) })
    }
    var values: [Value] = []
    for task in tasks { values.append(try await task.value) }
    return values
}
