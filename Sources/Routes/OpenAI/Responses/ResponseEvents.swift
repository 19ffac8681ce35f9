internal import Core

/// Writes an answer as the typed events of OpenAI's Responses, and gathers the items that the last of them repeats.
///
/// https://platform.openai.com/docs/api-reference/responses-streaming
struct ResponseEvents: ChatStreamRenderer {
    /// A text or reasoning item that is being written; at most one at a time.
    private enum Open {
        case message(place: Int, text: String)
        case reasoning(place: Int, text: String)
    }

    /// A function call that is being written. Some providers write several at a time.
    private struct Call {
        let place: Int
        let id: String
        let name: String
        var arguments = ""
        var isOpen = true
    }

    private let identity: ResponseIdentity
    private var order: ResponsesOrder
    private let clock: any WallClock
    private var sequence = 0
    private var hasBegun = false
    private var open: Open?
    private var calls: [Call] = []
    /// Items in their places; of one that is being written, how it began.
    private var items: [JSONValue] = []
    private var finish: FinishReason?

    init(_ identity: ResponseIdentity, _ order: ResponsesOrder, clock: any WallClock) {
        self.identity = identity
        self.order = order
        self.clock = clock
    }

    var heartbeat: [UInt8] { ChunkRenderer.heartbeat }

    /// The bytes to send for one delta; empty when it brings nothing that a client sees.
    mutating func render(_ delta: ChatDelta) -> [UInt8] {
        var bytes: [UInt8] = []
        if let tier = delta.serviceTier { order.settings["service_tier"] = .string(tier) }
        for event in delta.events { add(event, to: &bytes) }
        return bytes
    }

    /// The end of an answer whose record is durable.
    mutating func renderEnd(usage: TokenUsage) -> [UInt8] {
        var bytes: [UInt8] = []
        begin(&bytes)
        closeAll(&bytes)
        let isWhole = incompleteReason == nil
        emit(
            isWhole ? "response.completed" : "response.incomplete", ["response": .object(response(usage: usage))],
            to: &bytes)
        return bytes
    }

    /// The last event of an answer that failed.
    mutating func renderFailure(_ error: GatewayError) -> [UInt8] {
        var bytes: [UInt8] = []
        let object = identity.response(
            status: "failed", settings: order.settings, output: items.filter { $0.object?["status"] != "in_progress" },
            error: ["code": .string(Self.code(error)), "message": .string(error.message)])
        emit("response.failed", ["response": .object(object)], to: &bytes)
        return bytes
    }

    /// The whole answer as one object.
    static func whole(
        _ answer: ChatAnswer, usage: TokenUsage, as identity: ResponseIdentity, _ order: ResponsesOrder,
        clock: any WallClock
    ) -> JSONObject {
        var events = ResponseEvents(identity, order, clock: clock)
        var ignored: [UInt8] = []
        if let tier = answer.serviceTier { events.order.settings["service_tier"] = .string(tier) }
        for event in answer.responseEvents { events.add(event, to: &ignored) }
        events.closeAll(&ignored)
        return events.response(usage: usage)
    }

    private func response(usage: TokenUsage) -> JSONObject {
        let isWhole = incompleteReason == nil
        return identity.response(
            status: isWhole ? "completed" : "incomplete", settings: order.settings, output: items,
            completed: isWhole ? clock.now : nil, incompleteReason: incompleteReason, usage: usage)
    }

    private var incompleteReason: String? {
        switch finish {
        case .length: "max_output_tokens"
        case .contentFilter: "content_filter"
        case .stop, .toolCalls, nil: nil
        }
    }

    /// OpenAI's codes of failed responses.
    private static func code(_ error: GatewayError) -> String {
        switch error.status {
        case 429: "rate_limit_exceeded"
        case 400..<500: "invalid_prompt"
        default: "server_error"
        }
    }
}

// MARK: - Events

extension ResponseEvents {
    private mutating func emit(_ type: String, _ members: JSONObject, to bytes: inout [UInt8]) {
        var event: JSONObject = ["type": .string(type), "sequence_number": .int(sequence)]
        for member in members.members { event[member.name] = member.value }
        sequence += 1
        bytes.append(ascii: "event: ")
        bytes.append(contentsOf: type.utf8)
        bytes.append(ascii: "\ndata: ")
        bytes.appendJSON(event)
        bytes.append(ascii: "\n\n")
    }

    private mutating func begin(_ bytes: inout [UInt8]) {
        guard !hasBegun else { return }
        hasBegun = true
        let object = JSONValue.object(identity.response(status: "in_progress", settings: order.settings, output: []))
        emit("response.created", ["response": object], to: &bytes)
        emit("response.in_progress", ["response": object], to: &bytes)
    }

    private mutating func add(_ event: ChatEvent, to bytes: inout [UInt8]) {
        begin(&bytes)
        switch event {
        case .text(let text): if !text.isEmpty { addText(text, to: &bytes) }
        case .reasoning(let text): if !text.isEmpty { addReasoning(text, to: &bytes) }
        case .reasoningSignature(let signature): sign(signature, to: &bytes)
        case .redactedReasoning(let data):
            close(&bytes)
            let place = start(identity.reasoning(items.count, summary: [], encrypted: nil), to: &bytes)
            let secret = order.includesEncryptedReasoning ? EncryptedReasoning.text(.redacted(data: data)) : nil
            end(place, identity.reasoning(place, summary: [], encrypted: secret), to: &bytes)
        case .toolStart(_, let id, let name):
            close(&bytes)
            let item = identity.call(items.count, id: id, name: name, arguments: "", status: "in_progress")
            calls.append(Call(place: start(item, to: &bytes), id: id, name: name))
        case .toolArguments(let index, let text): addArguments(text, ofCall: index, to: &bytes)
        case .toolEnd(let index): endCall(index, to: &bytes)
        case .finish(let reason): finish = reason
        // Told at the end, when it is final.
        case .stopSequence, .usage: break
        }
    }

    /// Gives the item its place.
    private mutating func start(_ item: JSONObject, to bytes: inout [UInt8]) -> Int {
        let place = items.count
        items.append(.object(item))
        emit("response.output_item.added", ["output_index": .int(place), "item": .object(item)], to: &bytes)
        return place
    }

    private mutating func end(_ place: Int, _ item: JSONObject, to bytes: inout [UInt8]) {
        items[place] = .object(item)
        emit("response.output_item.done", ["output_index": .int(place), "item": .object(item)], to: &bytes)
    }

    private mutating func addText(_ text: String, to bytes: inout [UInt8]) {
        if case .message? = open {
        } else {
            close(&bytes)
            let place = start(identity.message(items.count, text: nil, status: "in_progress"), to: &bytes)
            open = .message(place: place, text: "")
            emit("response.content_part.added", part(place, ["part": ResponseIdentity.textPart("")]), to: &bytes)
        }
        guard case .message(let place, var whole)? = open else { return }
        open = nil
        whole += text
        open = .message(place: place, text: whole)
        emit(
            "response.output_text.delta", part(place, ["delta": .string(text), "logprobs": []]), to: &bytes)
    }

    private mutating func addReasoning(_ text: String, to bytes: inout [UInt8]) {
        if case .reasoning? = open {
        } else {
            close(&bytes)
            let place = start(identity.reasoning(items.count, summary: [], encrypted: nil), to: &bytes)
            open = .reasoning(place: place, text: "")
            emit(
                "response.reasoning_summary_part.added",
                summary(place, ["part": ["type": "summary_text", "text": ""]]), to: &bytes)
        }
        guard case .reasoning(let place, var whole)? = open else { return }
        open = nil
        whole += text
        open = .reasoning(place: place, text: whole)
        emit("response.reasoning_summary_text.delta", summary(place, ["delta": .string(text)]), to: &bytes)
    }

    /// Ends the thinking block. A signature without a text belongs to a block whose text the provider withholds.
    private mutating func sign(_ signature: String, to bytes: inout [UInt8]) {
        if case .reasoning? = open {
            close(&bytes, signature: signature)
        } else {
            close(&bytes)
            let place = start(identity.reasoning(items.count, summary: [], encrypted: nil), to: &bytes)
            let secret = EncryptedReasoning.text(.thinking(text: "", signature: signature))
            let shown = order.includesEncryptedReasoning ? secret : nil
            end(place, identity.reasoning(place, summary: [], encrypted: shown), to: &bytes)
        }
    }

    private mutating func addArguments(_ text: String, ofCall index: Int, to bytes: inout [UInt8]) {
        guard calls.indices.contains(index), calls[index].isOpen, !text.isEmpty else { return }
        calls[index].arguments += text
        emit(
            "response.function_call_arguments.delta", argument(calls[index].place, ["delta": .string(text)]),
            to: &bytes)
    }

    /// A call without arguments gets an empty object, because clients parse the text as JSON.
    private mutating func endCall(_ index: Int, to bytes: inout [UInt8]) {
        guard calls.indices.contains(index), calls[index].isOpen else { return }
        if calls[index].arguments.isEmpty { addArguments("{}", ofCall: index, to: &bytes) }
        calls[index].isOpen = false
        let call = calls[index]
        emit(
            "response.function_call_arguments.done",
            argument(call.place, ["name": .string(call.name), "arguments": .string(call.arguments)]), to: &bytes)
        let item = identity.call(
            call.place, id: call.id, name: call.name, arguments: call.arguments, status: status)
        end(call.place, item, to: &bytes)
    }

    private var status: String { incompleteReason == nil ? "completed" : "incomplete" }

    private mutating func closeAll(_ bytes: inout [UInt8]) {
        close(&bytes)
        for index in calls.indices { endCall(index, to: &bytes) }
    }

    /// Ends the text or reasoning that is being written.
    private mutating func close(_ bytes: inout [UInt8], signature: String? = nil) {
        switch open {
        case nil: return
        case .message(let place, let text)?:
            let whole = ResponseIdentity.textPart(text)
            emit("response.output_text.done", part(place, ["text": .string(text), "logprobs": []]), to: &bytes)
            emit("response.content_part.done", part(place, ["part": whole]), to: &bytes)
            end(place, identity.message(place, text: text, status: status), to: &bytes)
        case .reasoning(let place, let text)?:
            let whole: JSONValue = ["type": "summary_text", "text": .string(text)]
            emit("response.reasoning_summary_text.done", summary(place, ["text": .string(text)]), to: &bytes)
            emit("response.reasoning_summary_part.done", summary(place, ["part": whole]), to: &bytes)
            let secret =
                order.includesEncryptedReasoning
                ? EncryptedReasoning.text(.thinking(text: text, signature: signature)) : nil
            end(place, identity.reasoning(place, summary: [whole], encrypted: secret), to: &bytes)
        }
        open = nil
    }

    private func part(_ place: Int, _ members: JSONObject) -> JSONObject {
        located(place, ["content_index": 0], members)
    }

    private func summary(_ place: Int, _ members: JSONObject) -> JSONObject {
        located(place, ["summary_index": 0], members)
    }

    private func argument(_ place: Int, _ members: JSONObject) -> JSONObject { located(place, [:], members) }

    private func located(_ place: Int, _ index: JSONObject, _ members: JSONObject) -> JSONObject {
        var all: JSONObject = ["item_id": items[place].object?["id"] ?? .null, "output_index": .int(place)]
        for member in index.members + members.members { all[member.name] = member.value }
        return all
    }
}

extension ChatAnswer {
    /// The answer as the events that it could have come in.
    fileprivate var responseEvents: [ChatEvent] {
        var events: [ChatEvent] = []
        for block in reasoning {
            switch block {
            case .thinking(let text, let signature):
                events.append(.reasoning(text))
                if let signature { events.append(.reasoningSignature(signature)) }
            case .redacted(let data): events.append(.redactedReasoning(data: data))
            }
        }
        events.append(.text(text))
        for (index, call) in toolCalls.enumerated() {
            events.append(.toolStart(index: index, id: call.id, name: call.name))
            events.append(.toolArguments(index: index, text: call.arguments))
        }
        if let finish { events.append(.finish(finish)) }
        return events
    }
}
