/// A message to a bot that this process is to answer.
package struct BotEvent: Sendable, Equatable {
    package let id: BotEventID
    package let webhookID: WebhookID
    /// The platform's id of the chat. Events of one chat are answered one after another.
    package let chatID: String
    /// What the platform told, without its secrets.
    package let payload: JSONObject
    /// The messages that the answer stands in so far, from a process that has died since.
    package let cards: [String]
    /// 1 for the first process that answers it.
    package let attempt: Int
    package let createdAt: Timestamp

    package init(
        id: BotEventID, webhookID: WebhookID, chatID: String, payload: JSONObject, cards: [String], attempt: Int,
        createdAt: Timestamp
    ) {
        self.id = id
        self.webhookID = webhookID
        self.chatID = chatID
        self.payload = payload
        self.cards = cards
        self.attempt = attempt
        self.createdAt = createdAt
    }
}

/// A message to a bot as it arrives.
package struct NewBotEvent: Sendable, Equatable {
    package let webhookID: WebhookID
    /// The platform's id of the event, the same each time that it is sent.
    package let eventID: String
    package let chatID: String
    /// When the user sent it: the order within the chat.
    package let sentAt: Timestamp
    package let payload: JSONObject

    package init(webhookID: WebhookID, eventID: String, chatID: String, sentAt: Timestamp, payload: JSONObject) {
        self.webhookID = webhookID
        self.eventID = eventID
        self.chatID = chatID
        self.sentAt = sentAt
        self.payload = payload
    }
}

package enum BotEventReceipt: String, Sendable {
    case accepted
    /// The event was accepted before, by whichever process.
    case repeated
    /// As many events of the bot as may wait do so already; nothing was recorded.
    case full
}

/// How an event ended. The reason is a stable code for the operator.
package enum BotEventEnding: Sendable, Equatable {
    case done
    case failed(reason: String)
}

/// An event as an operator sees it: without what was said.
package struct BotEventRecord: Sendable, Equatable {
    package enum State: String, Sendable, CaseIterable {
        case accepted, answering, done, failed
    }

    package let eventID: String
    package let chatID: String
    package let state: State
    package let attempts: Int
    package let reason: String?
    package let createdAt: Timestamp
    package let updatedAt: Timestamp

    package init(
        eventID: String, chatID: String, state: State, attempts: Int, reason: String?, createdAt: Timestamp,
        updatedAt: Timestamp
    ) {
        self.eventID = eventID
        self.chatID = chatID
        self.state = state
        self.attempts = attempts
        self.reason = reason
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }
}
