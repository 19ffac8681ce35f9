internal import Core

extension OperationCatalog {
    static let webhooks: Area = [
        "GET /admin/bot/feishu/list": listWebhooks, "POST /admin/bot/feishu/save": saveWebhook,
        "POST /admin/bot/feishu/delete": deleteWebhook, "GET /admin/bot/feishu/detail/{id}": webhook,
        "GET /admin/bot-connector/list": listWebhooks, "POST /admin/bot-connector/save": saveWebhook,
        "POST /admin/bot-connector/delete": deleteWebhook, "GET /admin/bot-connector/detail/{id}": webhook,
        "POST /admin/bot/feishu/test": testWebhook, "POST /admin/bot-connector/test": testWebhook,
        "GET /admin/bot/feishu/events/{id}": events, "GET /admin/bot-connector/events/{id}": events,
        "POST /bot/feishu/{name}/webhook/event": callback,
    ]

    private static let listWebhooks = Operation.read(
        "Webhooks", [.text("q", "A part of the name.")] + Parameter.page(orderedBy: WebhookRecord.sortable),
        .list(of: "Webhook"))
    private static let webhook = Operation.read("A webhook", [.id], .named("Webhook"), errors: [404])
    private static let deleteWebhook = Operation.change(
        "Delete a webhook", .body(["id": .idOrText], required: ["id"]), .constant(true), errors: [404])
    private static let saveWebhook = Operation.change(
        "Make a webhook, or with `id` or a bare config change one", body, .named("Webhook"), errors: [404, 409])

    private static let testWebhook = Operation.change(
        "Whether the platform takes the credentials of a webhook", .body(["id": .idOrText], required: ["id"]),
        .named("WebhookTest"), errors: [404])
    private static let events = Operation.read(
        "The messages of the last 8 hours to a bot, the newest first, without what was said",
        [
            .id, .query("state", .one(of: BotEventRecord.State.allCases.map(\.rawValue))),
            .text("chat_id", "The platform's id of a chat."),
        ] + Parameter.part, .list(of: "WebhookEvent"), errors: [404])
    private static let callback = Operation(
        summary: "What Feishu or Lark calls",
        description: "The bot's name is part of the path. The request proves itself by its signature and token.",
        parameters: [.path("name", .string(1...64, pattern: "^[A-Za-z0-9_-]+$"))],
        body: [.json(.open([:]))],
        success: .bodies([
            .json(.any(of: [.row(["challenge": .text]), .row(["success": .constant(true), "data": .text])]))
        ]),
        errors: [403, 404])

    private static let member = Schema.string(0...1000).orNull

    private static let body = Schema.body([
        "id": .idOrText, "name": .string(1...64, pattern: "^[A-Za-z0-9_-]+$"),
        "config": .any(of: [.text.described("The JSON text of the object."), config]), "provider": .any,
        "appId": member, "appSecret": member, "apiKey": member, "modelId": member, "verificationToken": member,
        "encryptKey": member, "baseUrl": member,
    ]).requiring(anyOf: [["id"], ["name", "config"], ["appId"]]).example(["name": "helper", "config": .object(example)])

    private static let example: JSONObject = [
        "appId": "cli_1", "appSecret": "…", "apiKey": "br-…", "modelId": "demo",
    ]

    private static let config = Schema.body(
        [
            "appId": .string(1...1000), "appSecret": .string(1...1000), "apiKey": .string(1...1000),
            "modelId": .string(1...1000), "verificationToken": member, "encryptKey": member, "baseUrl": member,
        ], required: ["appId", "appSecret", "apiKey", "modelId"])
}
