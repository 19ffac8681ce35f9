internal import Core

/// The schemas that operations name.
enum OpenAPIComponents {
    static let schemas: KeyValuePairs<String, Schema> = [
        "Error": errorBody, "MessageError": messageError, "ManagementError": managementError,
        "Key": .row(key), "KeyDetail": .row(key + [("record_text", .boolean)]), "NewKey": .row(newKey),
        "ReplacedKey": .row(newKey + [("old_key_valid_until", Schema.time.orNull)]),
        "Payment": payment, "Group": group, "GroupRight": right(of: "group"), "KeyRight": right(of: "key"),
        "Model": .row(model), "UsableModel": .row(usableModel), "Provider": provider, "ModelTest": modelTest,
        "Webhook": webhook, "WebhookTest": webhookTest, "WebhookEvent": webhookEvent, "Session": session,
        "Thread": .row(thread),
        "ThreadDetail": .row(thread + threadDetail),
        "AdminThreadDetail": .row(thread + threadDetail + [("attempts", attempts)]),
        "Usage": usage, "SiteTotals": siteTotals, "LatencySummary": latencySummary, "AuditEntry": auditEntry,
        "ModelObject": modelObject, "ModelList": modelList,
        "ChatRequest": chatRequest, "ChatMessage": chatMessage, "ChatCompletion": chatCompletion,
        "ChatEvent": chatEvent, "ChatChunk": chatChunk,
        "TokenUsage": tokenUsage,
        "MessagesRequest": messagesRequest, "CountRequest": countRequest, "MessageTurn": messageTurn,
        "Message": message, "MessageEvent": messageEvent, "MessageUsage": messageUsage, "TokenCount": tokenCount,
        "EmbeddingRequest": embeddingRequest, "EmbeddingList": embeddingList,
        "ImageRequest": imageRequest, "ImageList": imageList,
        "ResponseRequest": responseRequest, "Response": response, "ResponseEvent": responseEvent,
        "Health": .row(["status": .constant("ok")]),
        "Unready": .row([
            "status": .constant("unavailable"),
            "reason": .one(of: ["draining", "storage_unavailable", "storage_timeout"]),
        ]),
    ]

    /// OpenAI's error object.
    private static let errorBody = Schema.row([
        "error": .row(["message": .text, "type": .text, "param": Schema.text.orNull, "code": .text])
    ])

    private static let managementError = Schema.row([
        "success": .constant(false), "data": Schema.text.described("The message."),
        "error": .row(
            ["message": .text, "type": .text, "code": .text, "param": .text, "request_id": .text], optional: ["param"]),
    ])
}

extension Schema {
    /// `data` of a list.
    static func list(of row: String) -> Schema {
        .row(
            [
                "items": .array(of: .named(row)), "total": .count, "total_capped": .constant(true),
                "limit": .integer(1...1000), "offset": .count,
            ], optional: ["total_capped"])
    }
}
