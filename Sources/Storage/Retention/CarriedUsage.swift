internal import Core

/// What statistics say of removed calls of one day, key and model.
struct CarriedUsage: Sendable, Equatable {
    var calls = 0
    var errors = 0
    var tokensIn = 0
    var tokensOut = 0
    var tokensCacheRead = 0
    var tokensCacheWrite = 0
    var fee = Money.zero
    var model: String

    mutating func add(_ other: CarriedUsage) {
        calls += other.calls
        errors += other.errors
        tokensIn = tokensIn.addingSaturated(other.tokensIn)
        tokensOut = tokensOut.addingSaturated(other.tokensOut)
        tokensCacheRead = tokensCacheRead.addingSaturated(other.tokensCacheRead)
        tokensCacheWrite = tokensCacheWrite.addingSaturated(other.tokensCacheWrite)
        fee = fee + other.fee
    }
}

extension Int {
    /// For counts of tokens, which are never negative.
    fileprivate func addingSaturated(_ other: Int) -> Int {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }
}
