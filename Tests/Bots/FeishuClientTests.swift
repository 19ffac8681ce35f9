import Core
import EventLoop
import TestSupport
import Testing

@testable import Bots

@Suite("A client of the platform", .timeLimit(.minutes(1)))
struct FeishuClientTests {
    private static let token = ScriptedTransport.Script.answer(#"{"code":0,"tenant_access_token":"t-1","expire":7200}"#)
    private static let reply = ScriptedTransport.Script.answer(#"{"code":0,"data":{"message_id":"om_reply"}}"#)
    private static let config = FeishuConfig([
        "appId": "cli_1", "appSecret": "secret", "baseUrl": "http://platform/",
    ])

    @LoopActor
    private static func client(
        _ transport: ScriptedTransport, _ folder: TemporaryDirectory
    ) throws -> FeishuClient {
        try FeishuClient(
            config, transport: transport, pace: .feishu(path: folder.file("pace")), metrics: NoMetrics())
    }

    @Test("fetches one token for all that wait, and keeps it")
    func singleFlight() async throws {
        try await onLoop {
            let transport = ScriptedTransport(Self.token, Self.reply, Self.reply, Self.reply)
            let folder = TemporaryDirectory()
            let client = try Self.client(transport, folder)
            let tasks = (0..<2).map { number in
                Task(executorPreference: EventLoop.shared) { @Sendable @LoopActor in
                    try await client.reply(to: "om_1", card: "{}", uuid: "u-\(number)")
                }
            }
            for task in tasks { #expect(try await task.value == "om_reply") }
            _ = try await client.reply(to: "om_1", card: "{}", uuid: "u-3")
            #expect(
                transport.requests.map(\.url) == [
                    "http://platform/open-apis/auth/v3/tenant_access_token/internal",
                    "http://platform/open-apis/im/v1/messages/om_1/reply",
                    "http://platform/open-apis/im/v1/messages/om_1/reply",
                    "http://platform/open-apis/im/v1/messages/om_1/reply",
                ])
            #expect(transport.requests[1].headers["Authorization"] == "Bearer t-1")
            #expect(transport.requests[0].headers["Authorization"] == nil)
            let body = try #require(try JSONParser.parse(transport.requests[3].body).object)
            #expect(body == ["msg_type": "interactive", "content": "{}", "uuid": "u-3"])
        }
    }

    @Test("fetches another token once when the platform refuses the one that it has")
    func refusedToken() async throws {
        try await onLoop {
            let refusal = ScriptedTransport.Script.answer(status: 400, #"{"code":99991663,"msg":"invalid"}"#)
            let transport = ScriptedTransport(Self.token, refusal, Self.token, Self.reply)
            let folder = TemporaryDirectory()
            let client = try Self.client(transport, folder)
            #expect(try await client.reply(to: "om_1", card: "{}", uuid: "u") == "om_reply")
            #expect(transport.requests.count == 4)

            transport.add(.answer(status: 400, #"{"code":99991661,"msg":"missing"}"#))
            transport.add(Self.token)
            transport.add(.answer(status: 400, #"{"code":99991661,"msg":"missing"}"#))
            await #expect(throws: FeishuError.refused(code: 99_991_661, message: "missing")) {
                try await client.edit("om_2", card: "{}", .needed)
            }
            #expect(transport.requests.count == 7)
        }
    }

    @Test("waits when the platform asks for it, and gives up optional edits")
    func backOff() async throws {
        try await onLoop {
            let limited = ScriptedTransport.Script.answer(
                status: 400, headers: ["x-ogw-ratelimit-reset": "1"], #"{"code":99991400,"msg":"limited"}"#)
            let transport = ScriptedTransport(Self.token, limited, .answer(#"{"code":0}"#))
            let folder = TemporaryDirectory()
            let client = try Self.client(transport, folder)
            let began = ContinuousClock.now
            try await client.edit("om_1", card: "{}", .needed)
            #expect(ContinuousClock.now - began >= .seconds(1))
            // Right after a pause there is no room yet for what could be left out.
            try await EventLoop.shared.sleep(for: .milliseconds(250))
            transport.add(.answer(status: 429, #"{"code":1,"msg":"x"}"#))
            await #expect(throws: FeishuError.self) { try await client.edit("om_1", card: "{}", .optional) }
            // While the platform wants no calls, none that could be left out is made.
            await #expect(throws: FeishuError.busy) { try await client.edit("om_1", card: "{}", .optional) }
            #expect(transport.requests.count == 4)
        }
    }

    @Test("tries again where a chat has too much in it, or a file cannot be given at the moment")
    func triesAgain() async throws {
        try await onLoop {
            let transport = ScriptedTransport(
                Self.token, .answer(status: 400, #"{"code":230020,"msg":"ext=chat rate limit"}"#), Self.reply)
            let folder = TemporaryDirectory()
            let client = try Self.client(transport, folder)
            #expect(try await client.reply(to: "om_1", card: "{}", uuid: "u") == "om_reply")
            let file = FeishuMessage.Resource(kind: .file, key: "file_1", name: "a.txt")
            transport.add(.answer(status: 503, "busy"))
            transport.add(
                .answer(
                    status: 429, headers: ["x-ogw-ratelimit-reset": "1"], #"{"code":99991400,"msg":"limited"}"#))
            transport.add(.answer(headers: ["Content-Type": "text/plain"], [65]))
            #expect(try await client.resource(file, of: "om_1", limit: 10) == [65])
            #expect(transport.requests.count == 6)
        }
    }

    @Test("tells what the platform answered, without its token")
    func failures() async throws {
        try await onLoop {
            let transport = ScriptedTransport(.answer(#"{"code":10014,"msg":"app secret invalid"}"#))
            let folder = TemporaryDirectory()
            let client = try Self.client(transport, folder)
            await #expect(throws: FeishuError.refused(code: 10014, message: "app secret invalid")) {
                try await client.testToken()
            }
            #expect(FeishuError.refused(code: 10014, message: "x").reason == "platform_10014")
            transport.add(.failure(.connect("Couldn't connect to server")))
            await #expect(throws: FeishuError.unreachable("Couldn't connect to server")) {
                try await client.testToken()
            }
            transport.add(.failure(.timeout(.firstByte)))
            await #expect(throws: FeishuError.unreachable("no answer within the limit (firstByte)")) {
                try await client.testToken()
            }
        }
    }

    @Test("gets files up to a size, and errors instead of them")
    func resources() async throws {
        try await onLoop {
            let image = FeishuMessage.Resource(kind: .image, key: "img_1", name: "")
            let transport = ScriptedTransport(
                Self.token, .answer(headers: ["Content-Type": "image/png"], [1, 2, 3]),
                .answer(headers: ["Content-Type": "image/png"], [1, 2, 3]),
                .answer(status: 400, headers: ["Content-Type": "application/json"], #"{"code":234003,"msg":"no"}"#))
            let folder = TemporaryDirectory()
            let client = try Self.client(transport, folder)
            #expect(try await client.resource(image, of: "om_1", limit: 3) == [1, 2, 3])
            #expect(
                transport.requests[1].url
                    == "http://platform/open-apis/im/v1/messages/om_1/resources/img_1?type=image")
            await #expect(throws: FeishuError.tooLarge) { try await client.resource(image, of: "om_1", limit: 2) }
            await #expect(throws: FeishuError.refused(code: 234_003, message: "no")) {
                try await client.resource(image, of: "om_1", limit: 3)
            }
        }
    }
}
