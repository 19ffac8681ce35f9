internal import Core

/// Reads a message out of an event, of the platform's format 2.0 or 1.0.
struct FeishuEventReader {
    private static let messageType = "im.message.receive_v1"
    private static let longestID = 100

    private let document: JSONObject
    private let event: JSONObject

    init(_ document: JSONObject) {
        self.document = document
        event = document["event"]?.object ?? [:]
    }

    /// Nil for events of other types.
    func message() throws(FeishuRefusal) -> FeishuMessage? {
        if document["schema"]?.string == "2.0" {
            return try header("event_type") == Self.messageType ? second() : nil
        }
        return event["type"]?.string == "message" ? try first() : nil
    }

    private func header(_ name: String) throws(FeishuRefusal) -> String {
        guard let text = document["header"]?.object?[name]?.string else { throw .form }
        return text
    }

    private func second() throws(FeishuRefusal) -> FeishuMessage {
        guard let message = event["message"]?.object, let sender = event["sender"]?.object else { throw .form }
        let type = message["message_type"]?.string ?? ""
        let content = FeishuContent(type, (try? JSONParser.parse(message["content"]?.string ?? ""))?.object ?? [:])
        return FeishuMessage(
            eventID: try Self.id(document["header"]?.object?["event_id"]),
            messageID: try Self.id(message["message_id"]), chatID: try Self.id(message["chat_id"]),
            isGroup: message["chat_type"]?.string != "p2p", kind: content.kind, text: content.text,
            resources: content.resources, mentions: Self.mentions(message["mentions"]), mentionsBot: nil,
            isByUser: sender["sender_type"]?.string ?? "user" == "user",
            sentAt: try Self.time(message["create_time"] ?? document["header"]?.object?["create_time"]))
    }

    private func first() throws(FeishuRefusal) -> FeishuMessage {
        let type = event["msg_type"]?.string ?? ""
        var members: JSONObject = [
            "text": event["text_without_at_bot"] ?? event["text"] ?? "", "image_key": event["image_key"] ?? .null,
            "file_key": event["file_key"] ?? .null, "file_name": event["file_name"] ?? .null,
        ]
        if let title = event["title"] { members["title"] = title }
        return FeishuMessage(
            eventID: try Self.id(document["uuid"]), messageID: try Self.id(event["open_message_id"]),
            chatID: try Self.id(event["open_chat_id"]), isGroup: event["chat_type"]?.string != "private",
            kind: FeishuContent(type == "post" ? "text" : type, members).kind,
            text: members["text"]?.string ?? "", resources: FeishuContent(type, members).resources, mentions: [],
            mentionsBot: event["is_mention"]?.bool ?? false, isByUser: true, sentAt: try Self.seconds(document["ts"]))
    }

    /// Ids go into addresses and the database, so they are what the platform's look like.
    private static func id(_ value: JSONValue?) throws(FeishuRefusal) -> String {
        guard let text = value?.string, isID(text) else { throw .form }
        return text
    }

    static func isID(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= longestID
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                    UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }

    /// Milliseconds since 1970, as text or number.
    private static func time(_ value: JSONValue?) throws(FeishuRefusal) -> Timestamp {
        guard let number = value?.int ?? value?.string.flatMap({ Int($0) }), (0..<(1 << 46)).contains(number) else {
            throw .form
        }
        return Timestamp(milliseconds: Int64(number))
    }

    /// Seconds since 1970 with a fraction.
    private static func seconds(_ value: JSONValue?) throws(FeishuRefusal) -> Timestamp {
        guard let text = value?.string ?? value?.number?.text, let whole = text.split(separator: ".").first,
            let seconds = Int64(whole), (0..<(1 << 36)).contains(seconds)
        else { throw .form }
        let fraction = text.split(separator: ".").dropFirst().first.map { $0.prefix(3) } ?? ""
        let padded = fraction + String(repeating: "0", count: 3 - fraction.count)
        return Timestamp(milliseconds: seconds * 1000 + (Int64(padded) ?? 0))
    }

    /// Characters of a mentioned person's name.
    private static let longestName = 100

    private static func mentions(_ value: JSONValue?) -> [FeishuMessage.Mention] {
        (value?.array ?? []).prefix(100).compactMap { item in
            guard let mention = item.object, let key = mention["key"]?.string,
                (1...FeishuMessage.longestMentionKey).contains(key.utf8.count)
            else { return nil }
            let openID = mention["id"]?.object?["open_id"]?.string ?? mention["id"]?.string ?? ""
            return FeishuMessage.Mention(
                key: key, openID: openID, name: String((mention["name"]?.string ?? "").prefix(longestName)))
        }
    }
}
