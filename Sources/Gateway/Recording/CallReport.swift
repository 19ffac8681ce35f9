internal import Core
internal import EventLoop
internal import Logging

/// Tells metrics and log how calls went. Never a prompt, an answer or a secret.
struct CallReport: Sendable {
    private let metrics: any MetricsRecorder
    private let logger: Logger

    init(metrics: any MetricsRecorder, logger: Logger) {
        self.metrics = metrics
        self.logger = logger
    }

    func refused(_ counter: MetricCounter) { metrics.add(counter, 1) }

    func began() { metrics.change(.callsInFlight, by: 1) }

    func sent() { metrics.add(.upstreamRequests, 1) }

    /// - Parameter error: nil when the answer came whole.
    func attemptEnded(_ error: GatewayError?, clientLeft: Bool) {
        guard let error else { return metrics.add(.attemptsOK, 1) }
        guard !error.isCancelled, !clientLeft else { return metrics.add(.attemptsCancelled, 1) }
        switch Recovery(error) {
        case .none: return metrics.add(.attemptsRefused, 1)
        case .throttled: metrics.add(.attemptsThrottled, 1)
        default: metrics.add(error.status == 504 ? .attemptsTimedOut : .attemptsFailed, 1)
        }
        metrics.add(.upstreamFailures, 1)
    }

    /// - Parameter fault: nil when the file was fetched.
    func fetched(_ fault: FetchFault?) { metrics.add(fault?.counter ?? .fetchesOK, 1) }

    func fellBack() { metrics.add(.callsFallenBack, 1) }

    /// At debug: how the call ends is told anyway, and one that is answered after all needs nobody's attention.
    func willTryAgain(_ requestID: String, after attempt: AttemptRecord, pause: Duration) {
        logger.debug(
            "an attempt failed and is followed by another",
            metadata: [
                "request_id": "\(requestID)", "model": "\(attempt.model)",
                "region": "\(attempt.region ?? "")", "status": "\(attempt.status)", "code": "\(attempt.code ?? "")",
                "pause": "\(pause)",
            ])
    }

    func ended(_ settlement: Settlement, ending: CallEnding, firstEvent: UInt64?, start: UInt64) {
        metrics.change(.callsInFlight, by: -1)
        let call = settlement.call
        switch ending.status {
        case .ok: metrics.add(.callsOK, 1)
        case .error: metrics.add(.callsError, 1)
        case .cancelled: metrics.add(.callsCancelled, 1)
        case .truncated: metrics.add(.callsTruncated, 1)
        }
        metrics.add(.tokensIn, call.usage.prompt)
        metrics.add(.tokensOut, call.usage.output)
        metrics.add(.feeNanodollars, Int(call.fee.nanodollars))
        if let firstEvent { metrics.observe(.firstByte, microseconds: Int(clamping: (firstEvent &- start) / 1000)) }
        metrics.observe(.call, microseconds: Int(clamping: (EventLoop.shared.now &- start) / 1000))
        if let error = ending.error, !error.isCancelled { failed(error, settlement: settlement) }
    }

    /// A request that the provider finds wrong is the client's affair and stays at debug.
    private func failed(_ error: GatewayError, settlement: Settlement) {
        let isClients = (400..<500).contains(error.status) && error.status != 429
        var metadata: Logger.Metadata = [
            "request_id": "\(settlement.requestID)", "key_id": "\(settlement.keyID)",
            "model": "\(settlement.call.model)", "provider": "\(settlement.call.provider)",
            "status": "\(error.status)", "code": "\(error.code)", "cause": "\(error.cause ?? "")",
        ]
        if settlement.call.attempts.count > 1 { metadata["attempts"] = "\(settlement.call.attempts.count)" }
        logger.log(level: isClients ? .debug : .warning, "the call failed at its provider", metadata: metadata)
        guard let text = error.providerText else { return }
        metadata["provider_text"] = "\(text)"
        logger.debug("the provider's words", metadata: metadata)
    }

    /// The numbers of a record that storage did not take, so that an operator can still book it.
    func lost(_ settlement: Settlement, cause: StorageError) {
        let call = settlement.call
        logger.error(
            "the record of a call could not be stored",
            metadata: [
                "request_id": "\(settlement.requestID)", "key_id": "\(settlement.keyID)",
                "month": "\(settlement.month.text)", "model": "\(call.model)",
                "status": "\(call.status.rawValue)", "tokens_in": "\(call.usage.input)",
                "tokens_out": "\(call.usage.output)", "tokens_cache_read": "\(call.usage.cacheRead)",
                "tokens_cache_write": "\(call.usage.cacheWrite + call.usage.cacheWriteOneHour)",
                "fee_nanodollars": "\(call.fee.nanodollars)", "cause": "\(cause)",
            ])
    }
}
