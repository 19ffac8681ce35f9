/// Counts of what a worker does. Implementations add atomically into memory that all workers of an instance share, so
/// that `/metrics` tells the same whichever worker answers.
package protocol MetricsRecorder: Sendable {
    func add(_ counter: MetricCounter, _ amount: Int)
    func change(_ gauge: MetricGauge, by amount: Int)
    /// A duration in microseconds.
    func observe(_ histogram: MetricHistogram, microseconds: Int)
}

/// Things that only grow. The raw values count from 0 and are places in memory.
package enum MetricCounter: Int, Sendable, CaseIterable {
    case requests, responses2xx, responses4xx, responses5xx, callsOK, callsError, callsCancelled,
        callsTruncated, refusedKey, refusedModel, refusedInput, refusedQuota, refusedHeld, tokensIn, tokensOut,
        feeNanodollars, upstreamRequests, upstreamFailures, ledgerCommits, ledgerRows, storageErrors, refusedLimit,
        retentionRecords, retentionTexts, attemptsOK, attemptsThrottled, attemptsTimedOut, attemptsFailed,
        attemptsRefused, attemptsCancelled, callsFallenBack, circuitsOpened, fetchesOK, fetchesRefused, fetchesFailed,
        fetchesTimedOut, fetchesTooLarge, fetchesWrongType, fetchesCancelled, botEventsAccepted, botEventsRepeated,
        botEventsRefused, botEventsDone, botEventsFailed, botEventsTakenOver, botCalls, botCallsThrottled

    /// As in the Prometheus text, without the `brook_` in front.
    package var name: String {
        switch self {
        case .requests: "requests_total"
        case .responses2xx: "responses_2xx_total"
        case .responses4xx: "responses_4xx_total"
        case .responses5xx: "responses_5xx_total"
        case .callsOK: "calls_ok_total"
        case .callsError: "calls_error_total"
        case .callsCancelled: "calls_cancelled_total"
        case .callsTruncated: "calls_truncated_total"
        case .refusedKey: "refused_key_total"
        case .refusedModel: "refused_model_total"
        case .refusedInput: "refused_input_total"
        case .refusedQuota: "refused_quota_total"
        case .refusedHeld: "refused_held_total"
        case .tokensIn: "tokens_in_total"
        case .tokensOut: "tokens_out_total"
        case .feeNanodollars: "fee_nanodollars_total"
        case .upstreamRequests: "upstream_requests_total"
        case .upstreamFailures: "upstream_failures_total"
        case .ledgerCommits: "ledger_commits_total"
        case .ledgerRows: "ledger_rows_total"
        case .storageErrors: "storage_errors_total"
        case .refusedLimit: "refused_limit_total"
        case .retentionRecords: "retention_records_removed_total"
        case .retentionTexts: "retention_texts_removed_total"
        case .attemptsOK: "attempts_ok_total"
        case .attemptsThrottled: "attempts_throttled_total"
        case .attemptsTimedOut: "attempts_timed_out_total"
        case .attemptsFailed: "attempts_failed_total"
        case .attemptsRefused: "attempts_refused_total"
        case .attemptsCancelled: "attempts_cancelled_total"
        case .callsFallenBack: "calls_fallen_back_total"
        case .circuitsOpened: "circuits_opened_total"
        case .fetchesOK: "fetches_ok_total"
        case .fetchesRefused: "fetches_refused_total"
        case .fetchesFailed: "fetches_failed_total"
        case .fetchesTimedOut: "fetches_timed_out_total"
        case .fetchesTooLarge: "fetches_too_large_total"
        case .fetchesWrongType: "fetches_wrong_type_total"
        case .fetchesCancelled: "fetches_cancelled_total"
        case .botEventsAccepted: "bot_events_accepted_total"
        case .botEventsRepeated: "bot_events_repeated_total"
        case .botEventsRefused: "bot_events_refused_total"
        case .botEventsDone: "bot_events_done_total"
        case .botEventsFailed: "bot_events_failed_total"
        case .botEventsTakenOver: "bot_events_taken_over_total"
        case .botCalls: "bot_calls_total"
        case .botCallsThrottled: "bot_calls_throttled_total"
        }
    }
}

/// Things that go up and down.
package enum MetricGauge: Int, Sendable, CaseIterable {
    case requestsInFlight, callsInFlight, connections, circuitsOpen, botAnswersInFlight

    /// As in the Prometheus text, without the `brook_` in front.
    package var name: String {
        switch self {
        case .requestsInFlight: "requests_in_flight"
        case .callsInFlight: "calls_in_flight"
        case .connections: "fastcgi_connections"
        case .circuitsOpen: "circuits_open"
        case .botAnswersInFlight: "bot_answers_in_flight"
        }
    }
}

/// Durations.
package enum MetricHistogram: Int, Sendable, CaseIterable {
    case firstByte, call, ledgerCommit

    /// As in the Prometheus text, without the `brook_` in front.
    package var name: String {
        switch self {
        case .firstByte: "first_byte_seconds"
        case .call: "call_seconds"
        case .ledgerCommit: "ledger_commit_seconds"
        }
    }
}
