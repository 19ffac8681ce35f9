import Bots
import Core
import EventLoop
import FoundationEssentials
import Logging
import Providers
import Storage
import TestSupport
import Testing

@testable import Routes

/// A router over SQLite in a folder of its own, with a group and an administrator's key, as an installation starts.
@LoopActor
final class Site {
    var key: String
    /// The key with which the site began.
    let admin: String
    let clock = ManualClock()
    let log = RecordingLog()
    let storage: SQLiteStorage
    let router: Router
    private let folder = TemporaryDirectory()

    init(providers: [any ChatProvider]? = nil, settings: RouteSettings = RouteSettings()) async throws {
        let metrics = CountingMetrics()
        storage = try SQLiteStorage.open(
            path: folder.file("brook.db"), secretKeyPath: folder.file("secret.key"), clock: clock)
        let log = self.log
        let services = Services(
            stores: Stores(
                keys: storage, models: storage, groups: storage, rights: storage, records: storage, payments: storage,
                audit: storage, statistics: storage, webhooks: storage, botEvents: storage,
                health: storage),
            providers: ProviderRegistry(providers ?? [SecretiveProvider(name: "bedrock-converse"), EchoProvider()]),
            clock: clock, metrics: metrics, metricsSource: metrics, logger: Logger(label: "test") { _ in log },
            settings: settings)
        // A platform that cannot be reached.
        let clients = FeishuClients(
            transport: ScriptedTransport(), pace: try .feishu(path: folder.file("bot-pace")), metrics: metrics)
        let test = FeishuTestRoute(clients: clients)
        router = Router(
            services: services,
            table: .standard(
                chatCompletions: { _, _ throws(GatewayError) in }, messages: { _, _ throws(GatewayError) in },
                countTokens: { _, _ throws(GatewayError) in },
                feishuTest: { call throws(GatewayError) in try await test.test(call) }))
        let root = Operator(keyID: nil, name: "root")
        let group = try await storage.create(name: "default", key: "", by: root)
        let secret = APIKey.generate()
        var new = NewKey(hash: secret.hash, maskedKey: secret.masked, name: "admin", monthQuota: nil)
        new.role = .admin
        new.groupID = group.id
        _ = try await storage.create(new, by: root)
        admin = secret.text
        key = secret.text
    }

    func close() async { await storage.close() }

    /// The file's bytes, log included, to look for what must not stand there.
    func bytes() throws -> [UInt8] {
        try ["brook.db", "brook.db-wal"].flatMap { [UInt8](try Data(contentsOf: URL(filePath: folder.file($0)))) }
    }

    /// Sends a request and gives back what was answered. Typographic quotes, as in the reference, become plain ones.
    func send(
        _ method: String, _ target: String, _ body: String? = nil, key: String? = nil,
        type: String = "application/json"
    ) async -> RecordedExchange {
        let ascii = body?.replacing("“", with: "\"").replacing("”", with: "\"")
        let headers: HeaderFields = ["Authorization": "Bearer \(key ?? self.key)", "Content-Type": type]
        let exchange = RecordedExchange(method, target, headers: headers, body: Array((ascii ?? "").utf8))
        await router.handle(exchange)
        #expect(exchange.violations == [])
        return exchange
    }

    /// The `data` of an answer that must be a success.
    @discardableResult
    func call(
        _ method: String, _ target: String, _ body: String? = nil, key: String? = nil,
        at location: SourceLocation = #_sourceLocation
    ) async throws -> JSONValue {
        let answer = await send(method, target, body, key: key)
        #expect(answer.status == 200, "\(method) \(target): \(answer.text)", sourceLocation: location)
        #expect(answer.json?.object?["success"] == true, sourceLocation: location)
        return try #require(answer.data, sourceLocation: location)
    }

    /// The rows of a list.
    func rows(
        _ target: String, key: String? = nil, at location: SourceLocation = #_sourceLocation
    ) async throws -> [JSONObject] {
        let data = try await call("GET", target, key: key, at: location)
        return data.object?["items"]?.array?.compactMap(\.object) ?? []
    }

    /// Makes a key; answers its number and text.
    func newKey(_ name: String, role: String = "user") async throws -> (id: Int, text: String) {
        let row = try await call(
            "POST", "/admin/api-key/apply", #"{"name": "\#(name)", "role": "\#(role)", "month_quota": 10}"#)
        return (try #require(row.object?["id"]?.int), try #require(row.object?["api_key"]?.string))
    }

    /// Writes the record of a call that a key made.
    @discardableResult
    func record(
        _ key: Int, session: String? = nil, month: String = "2026-11", edit: (inout CallRecord) -> Void = { _ in }
    ) async throws -> Int {
        let id = KeyID(rawValue: Int64(key))
        let name = try storage.key(.id(id), month: clock.now.month)?.name ?? ""
        var call = CallRecord(
            model: "claude", provider: "echo",
            prices: PriceList(input: Money(nanodollars: 1_000_000_000), output: Money(nanodollars: 2_000_000_000)))
        call.prompt = "ping"
        call.completion = "pong"
        call.wholePrompt = #"[{"role":"user","content":"ping"}]"#
        call.usage = TokenUsage(input: 10, output: 5)
        call.fee = Money(nanodollars: 20_000)
        edit(&call)
        let settlement = Settlement(
            hold: nil, keyID: id, keyName: name, month: BillingMonth(text: month), requestID: "r-\(key)",
            session: session.map { SessionReference(key: $0, title: "ping") }, call: call)
        return Int(try await storage.settle(settlement).rawValue)
    }
}

/// Runs `body` on the loop with a site, which is closed afterwards.
func withSite(
    providers: [any ChatProvider]? = nil, settings: RouteSettings = RouteSettings(),
    _ body: @escaping @Sendable @LoopActor (Site) async throws -> Void
) async throws {
    try await onLoop {
        let site = try await Site(providers: providers, settings: settings)
        do {
            try await body(site)
            await site.close()
        } catch {
            await site.close()
            throw error
        }
    }
}
