/// What calls came to: their number, tokens and fees.
package struct UsageTotals: Sendable, Equatable {
    package var calls = 0
    /// Calls that failed at the provider, or whose answer it ended early.
    package var errors = 0
    package var tokensIn = 0
    package var tokensOut = 0
    package var tokensCacheRead = 0
    package var tokensCacheWrite = 0
    package var fee = Money.zero

    package init() {}
}

/// What statistics put calls together by.
package enum UsageGrouping: String, Sendable, CaseIterable {
    /// The UTC day of the calls' ends.
    case day
    case model
    case key
}

/// The usage of one day, model or key.
package struct UsageRecord: Sendable, Equatable {
    package enum Group: Sendable, Equatable {
        case day(CivilDate)
        case model(String)
        /// The name is the key's own, or for a deleted key the one in its records.
        case key(KeyID, name: String)
    }

    package var group: Group
    package var totals: UsageTotals

    package init(group: Group, totals: UsageTotals) {
        self.group = group
        self.totals = totals
    }
}

/// The whole site in numbers.
package struct SiteTotals: Sendable, Equatable {
    package var keys = 0
    /// Keys that are neither disabled nor expired.
    package var keysInForce = 0
    package var groups = 0
    package var models = 0
    package var sessions = 0
    package var usage = UsageTotals()
    /// All fees of the current month.
    package var monthFee = Money.zero

    package init() {}
}
