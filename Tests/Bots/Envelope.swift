import Core
import Crypto
import CryptoExtras
import FoundationEssentials
import TestSupport

@testable import Bots

/// Makes requests as the platform does.
struct Envelope {
    let config = FeishuConfig([
        "appId": "cli_1", "appSecret": "s", "apiKey": "br-1", "modelId": "demo", "verificationToken": "v-token",
        "encryptKey": "test key",
    ])
    let clock = ManualClock()

    var plain: FeishuConfig { FeishuConfig(["appId": "cli_1", "verificationToken": "v-token"]) }

    /// An event of format 2.0.
    func event(
        id: String = "e-1", text: String = "ping", chat: String = "p2p", type: String = "im.message.receive_v1",
        token: String = "v-token", app: String = "cli_1", mentions: String = "[]", sender: String = "user",
        kind: String = "text", content: String? = nil, ageSeconds: Int64 = 0
    ) -> String {
        let time = clock.now.milliseconds - ageSeconds * 1000
        let inner = content ?? JSONValue.object(["text": .string(text)]).text
        return """
            {"schema":"2.0","header":{"event_id":"\(id)","event_type":"\(type)","create_time":"\(time)",
            "token":"\(token)","app_id":"\(app)","tenant_key":"t"},
            "event":{"sender":{"sender_id":{"open_id":"ou_user"},"sender_type":"\(sender)"},
            "message":{"message_id":"om_1","chat_id":"oc_1","chat_type":"\(chat)","message_type":"\(kind)",
            "create_time":"\(time)","content":\(JSONValue.string(inner).text),"mentions":\(mentions)}}}
            """
    }

    func encrypted(_ text: String) throws -> [UInt8] {
        let key = SymmetricKey(data: SHA256.hash(data: Data("test key".utf8)))
        let vector = AES._CBC.IV()
        let sealed = try AES._CBC.encrypt(Data(text.utf8), using: key, iv: vector)
        return Array(#"{"encrypt":"\#((Data(vector) + sealed).base64EncodedString())"}"#.utf8)
    }

    func signed(_ body: [UInt8], at time: Timestamp? = nil, key: String = "test key") -> HeaderFields {
        let seconds = String((time ?? clock.now).seconds)
        let digest = SHA256.hash(data: Data((seconds + "nonce" + key).utf8) + Data(body))
        let digits = digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        return [
            "X-Lark-Request-Timestamp": seconds, "X-Lark-Request-Nonce": "nonce", "X-Lark-Signature": digits,
        ]
    }

    func read(
        _ body: [UInt8], _ headers: HeaderFields = [:], plain isPlain: Bool = false
    ) throws(FeishuRefusal)
        -> FeishuCallback
    {
        try FeishuCallback.read(body, headers, for: isPlain ? plain : config, at: clock.now)
    }

    func readPlain(_ text: String) throws(FeishuRefusal) -> FeishuCallback { try read(Array(text.utf8), plain: true) }
}

extension FeishuCallback {
    var message: FeishuMessage? { if case .message(let message, _) = self { message } else { nil } }
    var payload: JSONObject? { if case .message(_, let payload) = self { payload } else { nil } }
    var challenge: String? { if case .challenge(let text) = self { text } else { nil } }
    var isIgnored: Bool { if case .ignored = self { true } else { false } }
}
