internal import Core

/// Calls that were admitted, and what came of them.
enum ThreadTable {
    /// All that a list shows: not `whole_prompt`, which stands last in the row so that its pages stay unread.
    static let columns = """
        t.id, t.request_id, t.session_id, t.key_id, t.key_name, t.model, t.provider, t.status, t.error_code, \
        t.finish_reason, t.is_stream, t.is_estimated, t.tokens_in, t.tokens_out, t.tokens_cache_read, \
        t.tokens_cache_write, t.tokens_cache_write_1h, t.tokens_reasoning, t.price_in, t.price_out, \
        t.price_cache_read, t.price_cache_write, t.price_cache_write_1h, t.fee, t.fee_balance, t.first_byte_latency, \
        t.invocation_latency, t.created_at, t.prompt, t.completion, t.reasoning, t.tool_calls
        """
    static let source = "threads t"
    /// Numbers are given in the order of time, and are quicker to go by.
    static let orders = [
        "id": "t.id", "key_name": "t.key_name", "model": "t.model", "provider": "t.provider", "status": "t.status",
        "tokens_in": "t.tokens_in", "tokens_out": "t.tokens_out", "fee": "t.fee",
        "first_byte_latency": "t.first_byte_latency", "invocation_latency": "t.invocation_latency",
        "created_at": "t.id",
    ]

    /// Rows among which a repeated settlement looks for its first, newest first.
    private static let recentRows = 100_000
    private static let settledBefore = SQL(
        """
        SELECT id FROM threads
        WHERE key_id = ? AND request_id = ? AND id > (SELECT COALESCE(MAX(id), 0) FROM threads) - \(recentRows)
        """)
    private static let insert = SQL(
        """
        INSERT INTO threads (request_id, session_id, key_id, key_name, month, model, provider, status, error_code,
            finish_reason, is_stream, is_estimated, tokens_in, tokens_out, tokens_cache_read, tokens_cache_write,
            tokens_cache_write_1h, tokens_reasoning, price_in, price_out, price_cache_read, price_cache_write,
            price_cache_write_1h, fee, fee_balance, first_byte_latency, invocation_latency, created_at, prompt,
            completion, reasoning, tool_calls, whole_prompt, attempts)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """)

    /// The row of a call whose settlement comes a second time, because the answer to the first was lost.
    ///
    /// Asked only when the caller repeats itself: so request ids need no index, and a row does not dirty a page at a
    /// random place of one.
    static func find(settledBefore settlement: Settlement, on connection: Connection) throws(Failure) -> ThreadID? {
        try connection.first(settledBefore, settlement.keyID, settlement.requestID) { $0.id() }
    }

    static func insert(
        _ settlement: Settlement, session: SessionID?, balancePart: Money, at time: Timestamp, on connection: Connection
    ) throws(Failure) -> ThreadID {
        let call = settlement.call
        let usage = call.usage
        let prices = call.prices
        let id: ThreadID = try connection.insert(
            insert, settlement.requestID, session, settlement.keyID, settlement.keyName, settlement.month, call.model,
            call.provider, call.status.rawValue, call.errorCode, call.finishReason, call.isStream, call.isEstimated,
            usage.input, usage.output, usage.cacheRead, usage.cacheWrite, usage.cacheWriteOneHour, usage.reasoning,
            prices.input, prices.output, prices.cacheRead, prices.cacheWrite, prices.cacheWriteOneHour, call.fee,
            balancePart, call.firstByteLatency, call.invocationLatency, time, call.prompt, call.completion,
            call.reasoning, call.toolCalls, call.wholePrompt, AttemptList.text(of: call))
        try ThreadImageTable.insert(call, of: id, on: connection)
        return id
    }

    static func decode(_ row: inout Row) -> ThreadRecord {
        let id = row.id(ThreadID.self)
        let requestID = row.text()
        let sessionID = row.optionalID(SessionID.self)
        let keyID = row.id(KeyID.self)
        let keyName = row.text()
        var call = CallRecord(
            model: row.text(), provider: row.text(), prices: PriceList(input: .zero, output: .zero))
        call.status = ThreadRecord.Status(rawValue: row.text()) ?? .error
        call.errorCode = row.optionalText()
        call.finishReason = row.optionalText()
        call.isStream = row.bool()
        call.isEstimated = row.bool()
        call.usage = TokenUsage(
            input: row.int(), output: row.int(), cacheRead: row.int(), cacheWrite: row.int(),
            cacheWriteOneHour: row.int(), reasoning: row.optionalInt())
        call.prices = PriceList(
            input: row.money(), output: row.money(), cacheRead: row.optionalMoney(), cacheWrite: row.optionalMoney(),
            cacheWriteOneHour: row.optionalMoney())
        call.fee = row.money()
        let feeBalance = row.money()
        call.firstByteLatency = row.optionalInt()
        call.invocationLatency = row.int()
        let createdAt = row.time()
        call.prompt = row.text()
        call.completion = row.text()
        call.reasoning = row.text()
        call.toolCalls = row.text()
        return ThreadRecord(
            id: id, requestID: requestID, sessionID: sessionID, keyID: keyID, keyName: keyName, call: call,
            feeBalance: feeBalance, createdAt: createdAt)
    }
}
