internal import Core
internal import EventLoop

/// An answer as it grows in cards: shown at most every 300 ms, only as it is then, and whole at the end.
@LoopActor
final class CardWriter {
    /// At most four edits in any second; the platform takes five of a message.
    private static let interval = Duration.milliseconds(300)
    /// What stands at the end while more is to come.
    private static let cursor = " …"

    private let client: FeishuClient
    private let messageID: String
    /// Begins the `uuid` of each reply.
    private let stamp: String
    /// Told each time that there is a further card.
    private let onCards: @LoopActor ([String]) async -> Void
    /// The messages that the answer stands in, and the Markdown that each was last told to show.
    private var cards: [String]
    private var shown: [String]
    private var text = ""
    private var isChanged = false
    private var isEnded = false
    private var lastEdit: UInt64 = 0
    private var pump: Task<Void, Never>?

    init(
        _ client: FeishuClient, replyingTo messageID: String, stamp: String, cards: [String],
        onCards: @escaping @LoopActor ([String]) async -> Void
    ) {
        self.client = client
        self.messageID = messageID
        self.stamp = stamp
        self.cards = cards
        shown = cards.map { _ in "" }
        self.onCards = onCards
    }

    /// Shows that the bot is at work. Throws when the message cannot be replied to: then there is nobody to answer.
    func begin(_ thinking: String) async throws(FeishuError) {
        if cards.isEmpty { try await addCard(thinking) }
        pump = LoopActor.start { [self] in await keepShowing() }
    }

    /// Nothing of the answer has come.
    var isEmpty: Bool { text.isEmpty }

    func append(_ more: String) {
        guard !more.isEmpty else { return }
        text += more
        isChanged = true
    }

    /// Shows all of the answer, with `closing` below it; when the platform refuses to show it, says `refusal` instead.
    func finish(_ closing: String = "", orElse refusal: String) async throws(FeishuError) {
        await stop()
        if !closing.isEmpty { text += text.isEmpty ? closing : "\n\n---\n" + closing }
        do throws(FeishuError) {
            try await show(.needed)
            try await clearRest()
        } catch {
            if case .refused = error, let last = cards.last {
                try? await client.edit(last, card: Self.content(refusal), .needed)
            }
            throw error
        }
    }

    /// Further cards of a process that died in the middle of a longer answer than this became.
    private func clearRest() async throws(FeishuError) {
        for index in cards.indices.dropFirst(CardPages.split(text).count) {
            try await pause()
            try await client.edit(cards[index], card: Self.content("—"), .needed)
        }
    }

    /// Ends the showing, and leaves the cards to another process.
    func stop() async {
        isEnded = true
        if Task.isCancelled { pump?.cancel() }
        await pump?.value
        pump = nil
    }

    private func keepShowing() async {
        while !isEnded {
            do { try await EventLoop.shared.sleep(for: Self.interval) } catch { return }
            guard isChanged, !isEnded else { continue }
            isChanged = false
            // The last state comes at the end in any case.
            try? await show(.optional)
        }
    }

    private func show(_ urgency: FeishuClient.Urgency) async throws(FeishuError) {
        let pages = CardPages.split(text)
        for (index, page) in pages.enumerated() {
            let isOpen = urgency == .optional && index == pages.count - 1
            let markdown = isOpen ? page + Self.cursor : page
            guard index < cards.count else {
                try await addCard(markdown)
                continue
            }
            guard shown[index] != markdown else { continue }
            try await pause()
            try await client.edit(
                cards[index], card: Self.content(markdown), index == pages.count - 1 ? urgency : .needed)
            shown[index] = markdown
        }
    }

    /// Edits keep their distance, whatever card they are of.
    private func pause() async throws(FeishuError) {
        let due = lastEdit + Self.interval.nanosecondsClamped
        let now = EventLoop.shared.now
        if now < due {
            do { try await EventLoop.shared.sleep(for: .nanoseconds(Int64(due - now))) } catch { throw .cancelled }
        }
        lastEdit = EventLoop.shared.now
    }

    private static func content(_ markdown: String) -> String {
        FeishuCard.content(markdown: CardMarkdown.render(markdown))
    }

    private func addCard(_ markdown: String) async throws(FeishuError) {
        let id = try await client.reply(
            to: messageID, card: Self.content(markdown), uuid: "\(stamp)-\(cards.count)")
        cards.append(id)
        shown.append(markdown)
        lastEdit = EventLoop.shared.now
        await onCards(cards)
    }
}
