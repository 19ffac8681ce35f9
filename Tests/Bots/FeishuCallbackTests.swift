import Core
import TestSupport
import Testing

@testable import Bots

@Suite("A request to a bot's callback")
struct FeishuCallbackTests {
    private let envelope = Envelope()

    @Test("is decrypted as the platform's own example says")
    func vector() throws {
        // https://open.feishu.cn/document/server-docs/event-subscription-guide/event-subscription-configure-/encrypt-key-encryption-configuration-case
        let text = try FeishuCipher.decrypt("P37w+VZImNgPEO1RBhJ6RtKl7n6zymIbEG1pReEzghk=", key: "test key")
        #expect(String(decoding: text, as: UTF8.self) == "hello world")
    }

    @Test("that checks the address has its challenge answered, in clear and encrypted, signed or not")
    func challenge() throws {
        let text = #"{"challenge":"c-1","token":"v-token","type":"url_verification"}"#
        #expect(try envelope.readPlain(text).challenge == "c-1")
        let body = try envelope.encrypted(text)
        #expect(try envelope.read(body).challenge == "c-1")
        #expect(try envelope.read(body, envelope.signed(body)).challenge == "c-1")
        #expect(throws: FeishuRefusal.signature) {
            _ = try envelope.read(body, envelope.signed(body, key: "another")).challenge
        }
        #expect(throws: FeishuRefusal.token) {
            _ = try envelope.readPlain(#"{"challenge":"c-1","token":"x","type":"url_verification"}"#)
        }
        #expect(throws: FeishuRefusal.signature) { _ = try envelope.read(Array(text.utf8)) }
    }

    @Test("with a message is read, and its secrets are not kept")
    func message() throws {
        do {
            let body = try envelope.encrypted(envelope.event())
            let callback = try envelope.read(body, envelope.signed(body))
            let message = try #require(callback.message)
            #expect(message.eventID == "e-1" && message.messageID == "om_1" && message.chatID == "oc_1")
            #expect(message.text == "ping" && !message.isGroup && message.kind == .text)
            #expect(message.sentAt == envelope.clock.now)
            let kept = JSONValue.object(callback.payload ?? [:]).text
            #expect(!kept.contains("v-token") && kept.contains("ping"))
        }
        #expect(try envelope.readPlain(envelope.event()).message?.text == "ping")
    }

    @Test("in format 1.0 is read as well")
    func firstFormat() throws {
        let event = { (mention: Bool) in
            """
            {"uuid":"u-1","token":"v-token","ts":"\(envelope.clock.now.seconds).250","type":"event_callback",
            "event":{"type":"message","app_id":"cli_1","open_chat_id":"oc_1","chat_type":"group","msg_type":"text",
            "open_id":"ou_user","open_message_id":"om_1","is_mention":\(mention),"text":"<at>bot</at> ping",
            "text_without_at_bot":" ping"}}
            """
        }
        let message = try #require(try envelope.readPlain(event(true)).message)
        #expect(message.eventID == "u-1" && message.isAddressed(to: "ou_bot"))
        #expect(message.readableText(bot: nil) == "ping")
        #expect(message.sentAt.milliseconds == envelope.clock.now.milliseconds + 250)
        #expect(try envelope.readPlain(event(false)).isIgnored)
    }

    @Test("that is forged, old, altered or for another app is refused, whatever else is right")
    func refusals() throws {
        let body = try envelope.encrypted(envelope.event())
        let signature = envelope.signed(body)
        #expect(throws: FeishuRefusal.signature) { _ = try envelope.read(body) }
        #expect(throws: FeishuRefusal.signature) { _ = try envelope.read(body + [0x20], signature) }
        #expect(throws: FeishuRefusal.signature) {
            _ = try envelope.read(body, envelope.signed(body, key: "test kez"))
        }
        for seconds in [-301, 301] as [Int64] {
            let headers = envelope.signed(body, at: envelope.clock.now.adding(seconds: seconds))
            #expect(throws: FeishuRefusal.timestamp) { _ = try envelope.read(body, headers) }
        }
        #expect(
            try envelope.read(body, envelope.signed(body, at: envelope.clock.now.adding(seconds: -299))).message != nil)
        let wrongToken = try envelope.encrypted(envelope.event(token: "v-tokem"))
        #expect(throws: FeishuRefusal.token) { _ = try envelope.read(wrongToken, envelope.signed(wrongToken)) }
        let wrongApp = try envelope.encrypted(envelope.event(app: "cli_2"))
        #expect(throws: FeishuRefusal.app) { _ = try envelope.read(wrongApp, envelope.signed(wrongApp)) }
        for text in ["AAAA", "!", "P37w+VZImNgPEO1RBhJ6RtKl7n6zymIbEG1pReEzghg="] {
            let broken = Array(#"{"encrypt":"\#(text)"}"#.utf8)
            #expect(throws: FeishuRefusal.ciphertext) { _ = try envelope.read(broken, envelope.signed(broken)) }
        }
        for text in ["", "[]", "{", #"{"a":1}"#] {
            #expect(throws: FeishuRefusal.self) { _ = try envelope.readPlain(text) }
            #expect(throws: FeishuRefusal.self) { _ = try envelope.read(Array(text.utf8), signature) }
        }
        #expect(throws: FeishuRefusal.timestamp) { _ = try envelope.readPlain(envelope.event(ageSeconds: 8 * 3600)) }
        #expect(try envelope.readPlain(envelope.event(ageSeconds: 7 * 3600 + 360)).message != nil)
    }

    @Test("with an event that is not for the bot is ignored")
    func ignored() throws {
        #expect(try envelope.readPlain(envelope.event(type: "im.chat.updated_v1")).isIgnored)
        #expect(try envelope.readPlain(envelope.event(sender: "app")).isIgnored)
        #expect(try envelope.readPlain(envelope.event(chat: "group")).isIgnored)
        let other = #"[{"key":"@_user_1","id":{"open_id":"ou_other"},"name":"Bo"}]"#
        let message = try #require(
            try envelope.readPlain(envelope.event(text: "@_user_1 hi", chat: "group", mentions: other)).message)
        #expect(!message.isAddressed(to: "ou_bot") && message.isAddressed(to: "ou_other"))
        #expect(message.readableText(bot: "ou_bot") == "@Bo hi" && message.readableText(bot: "ou_other") == "hi")
    }

    @Test("whose ids could change an address is refused")
    func ids() throws {
        #expect(throws: FeishuRefusal.form) { _ = try envelope.readPlain(envelope.event(id: "../x")) }
        #expect(throws: FeishuRefusal.form) {
            _ = try envelope.readPlain(envelope.event(id: String(repeating: "a", count: 101)))
        }
    }

    @Test("has its mentions' keys replaced once, whatever the names are")
    func mentions() {
        let message = FeishuMessage(
            eventID: "e", messageID: "m", chatID: "c", isGroup: true, kind: .text,
            text: "@_user_1 ask @_user_10 and @_user_2x about @here, @_user_3",
            resources: [],
            mentions: [
                FeishuMessage.Mention(key: "@_user_1", openID: "bot", name: "Bot"),
                FeishuMessage.Mention(key: "@_user_2", openID: "b", name: "@_user_1@_user_2"),
                FeishuMessage.Mention(key: "@_user_10", openID: "c", name: "Tenth"),
            ], mentionsBot: nil, isByUser: true, sentAt: Timestamp(milliseconds: 0))
        #expect(
            message.readableText(bot: "bot") == "ask @Tenth and @@_user_1@_user_2x about @here, @_user_3")
    }

    @Test("tells text, posts, images and files apart")
    func kinds() throws {
        let read = { (kind: String, content: String) in
            try #require(try envelope.readPlain(envelope.event(kind: kind, content: content)).message)
        }
        let image = try read("image", #"{"image_key":"img_1"}"#)
        #expect(image.kind == .image && image.resources.map(\.key) == ["img_1"])
        let file = try read("file", #"{"file_key":"file_1","file_name":"a.pdf"}"#)
        #expect(file.resources == [.init(kind: .file, key: "file_1", name: "a.pdf")])
        let post = try read(
            "post",
            #"{"zh_cn":{"title":"T","content":[[{"tag":"text","text":"a "},{"tag":"a","text":"b","href":"http://c"}],[{"tag":"img","image_key":"img_2"}],[{"tag":"code_block","language":"SWIFT","text":"let x"}]]}}"#
        )
        #expect(post.kind == .post && post.text == "T\na [b](http://c)\n\n```swift\nlet x\n```")
        #expect(post.resources.map(\.key) == ["img_2"])
        #expect(try read("sticker", #"{"file_key":"x"}"#).kind == .other)
        #expect(try read("image", #"{"image_key":"../../x"}"#).resources.isEmpty)
    }
}
