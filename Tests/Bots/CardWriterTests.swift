import Core
import EventLoop
import TestSupport
import Testing

@testable import Bots

@Suite("Cards that an answer is written into", .timeLimit(.minutes(1)))
struct CardWriterTests {
    private static let token = ScriptedTransport.Script.answer(#"{"code":0,"tenant_access_token":"t","expire":7200}"#)
    private static let reply = ScriptedTransport.Script.answer(#"{"code":0,"data":{"message_id":"om_reply"}}"#)
    private static let fine = ScriptedTransport.Script.answer(#"{"code":0}"#)

    @LoopActor
    private static func writer(
        _ transport: ScriptedTransport, _ folder: TemporaryDirectory, cards: [String] = []
    ) throws -> CardWriter {
        let client = try FeishuClient(
            FeishuConfig(["appId": "cli_1", "appSecret": "secret", "baseUrl": "http://platform"]),
            transport: transport, pace: .feishu(path: folder.file("pace")), metrics: NoMetrics())
        return CardWriter(client, replyingTo: "om_1", stamp: "1-2", cards: cards) { _ in }
    }

    /// The ends of the addresses that were called, and the cards that they were given.
    @LoopActor
    private static func calls(_ transport: ScriptedTransport) throws -> [(String, String)] {
        try transport.requests.dropFirst().map { request in
            let body = try #require(try JSONParser.parse(request.body).object)
            return (String(request.url.split(separator: "/").last ?? ""), body["content"]?.string ?? "")
        }
    }

    @Test("say so when the platform refuses to show it")
    func refused() async throws {
        try await onLoop {
            let transport = ScriptedTransport(
                Self.token, Self.reply, .answer(status: 400, #"{"code":230099,"msg":"too many tables"}"#), Self.fine)
            let folder = TemporaryDirectory()
            let writer = try Self.writer(transport, folder)
            try await writer.begin("Thinking…")
            writer.append("an answer")
            await #expect(throws: FeishuError.refused(code: 230_099, message: "too many tables")) {
                try await writer.finish(orElse: "It cannot be shown.")
            }
            let calls = try Self.calls(transport)
            #expect(calls.map(\.0) == ["reply", "om_reply", "om_reply"])
            #expect(calls[1].1.contains("an answer") && calls[2].1.contains("It cannot be shown."))
        }
    }

    @Test("of a process that died lose what belongs to a longer answer")
    func takenOver() async throws {
        try await onLoop {
            let transport = ScriptedTransport(Self.token, Self.fine, Self.fine, Self.fine)
            let folder = TemporaryDirectory()
            let writer = try Self.writer(transport, folder, cards: ["om_a", "om_b", "om_c"])
            try await writer.begin("Thinking…")
            writer.append("short")
            try await writer.finish(orElse: "It cannot be shown.")
            let calls = try Self.calls(transport)
            #expect(calls.map(\.0) == ["om_a", "om_b", "om_c"])
            #expect(calls[0].1.contains("short") && calls[1].1.contains("—") && calls[2].1.contains("—"))
        }
    }
}
