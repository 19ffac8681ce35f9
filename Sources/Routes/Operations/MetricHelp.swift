internal import Core

/// One sentence on each metric for whoever reads `/metrics`.
extension MetricCounter {
    var help: String {
        switch self {
        case .requests: "HTTP requests received."
        case .responses2xx: "Answers with a status from 200 to 299."
        case .responses4xx: "Answers with a status from 400 to 499."
        case .responses5xx: "Answers with a status from 500 to 599."
        case .callsOK: "Admitted LLM calls that ended well."
        case .callsError: "Admitted LLM calls that failed at the provider."
        case .callsCancelled: "Admitted LLM calls whose client left."
        case .callsTruncated: "Admitted LLM calls whose provider ended its answer early."
        case .refusedKey: "Requests refused because their key is missing, unknown or not in force."
        case .refusedModel: "LLM calls refused because the model is unknown or not allowed."
        case .refusedInput: "LLM calls refused because of their input."
        case .refusedQuota: "LLM calls refused because nothing is left on the key."
        case .refusedHeld: "LLM calls refused because other calls hold what is left on the key."
        case .tokensIn: "Tokens of prompts, cached ones included."
        case .tokensOut: "Tokens of answers."
        case .feeNanodollars: "Fees charged, in nano-dollars."
        case .upstreamRequests: "Attempts made at providers to have calls answered."
        case .upstreamFailures: "Attempts at providers that failed through no fault of the request."
        case .ledgerCommits: "Transactions committed by the writer."
        case .ledgerRows: "Jobs that those transactions carried."
        case .storageErrors: "Requests that failed because of storage."
        case .refusedLimit: "LLM calls refused because a limit of the key is reached."
        case .retentionRecords: "Records of calls that retention removed."
        case .retentionTexts: "Calls whose texts retention removed from their records."
        case .attemptsOK: "Attempts whose answer began."
        case .attemptsThrottled: "Attempts that the provider refused because of its rate of calls."
        case .attemptsTimedOut: "Attempts that were not answered in time."
        case .attemptsFailed: "Attempts that failed in another way, before or within their answer."
        case .attemptsRefused: "Attempts that the provider refused because of the request."
        case .attemptsCancelled: "Attempts that were given up because the client left."
        case .callsFallenBack: "LLM calls that were answered by a fallback of the model asked for."
        case .circuitsOpened: "Times that a place of a model was set aside after repeated failures."
        case .fetchesOK: "Files fetched from URLs in requests."
        case .fetchesRefused: "URLs in requests whose address is not allowed."
        case .fetchesFailed: "URLs in requests that gave no good answer."
        case .fetchesTimedOut: "URLs in requests that did not answer in time."
        case .fetchesTooLarge: "URLs in requests behind which was more than may be fetched."
        case .fetchesWrongType: "URLs in requests behind which was no image or document."
        case .fetchesCancelled: "Fetches given up because the client left or another file of the request failed."
        case .botEventsAccepted: "Messages to bots that were recorded to be answered."
        case .botEventsRepeated: "Messages to bots that a platform sent again."
        case .botEventsRefused: "Requests to callbacks of bots that were not the platform's, or named no bot."
        case .botEventsDone: "Messages to bots that were answered."
        case .botEventsFailed: "Messages to bots whose answer failed; the reason is in the list of events."
        case .botEventsTakenOver: "Messages to bots that a worker took over from one that had died."
        case .botCalls: "Calls made of chat platforms."
        case .botCallsThrottled: "Calls that a chat platform refused because of its limits."
        }
    }
}

extension MetricGauge {
    var help: String {
        switch self {
        case .requestsInFlight: "HTTP requests that are being answered."
        case .callsInFlight: "Admitted LLM calls that are under way."
        case .connections: "Open FastCGI connections from nginx."
        case .circuitsOpen: "Places of models that are set aside after repeated failures, each counted by every worker."
        case .botAnswersInFlight: "Messages to bots that are being answered."
        }
    }
}

extension MetricHistogram {
    var help: String {
        switch self {
        case .firstByte: "From admission to the first token of an answer."
        case .call: "From admission to the end of an answer."
        case .ledgerCommit: "Time of one commit of the writer."
        }
    }
}
