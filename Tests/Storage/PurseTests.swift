import Core
import Testing

@testable import Storage

@Suite("What a key has to spend")
struct PurseTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var title: String
        var quota: String?
        var fee = "0"
        var balance = "0"
        var isStrict = false
        var held = "0"
        var holds = 0
        var amount: String
        var expected: Purse.Verdict

        var testDescription: String { title }
    }

    static let cases: [Case] = [
        Case(title: "no limit", quota: nil, fee: "900", held: "5", holds: 4, amount: "700", expected: .admitted),
        Case(title: "no limit, balance below zero", quota: nil, balance: "-1", amount: "700", expected: .admitted),
        Case(title: "fits the quota", quota: "10", fee: "4", amount: "6", expected: .admitted),
        Case(
            title: "exactly what is left beside holds", quota: "10", held: "4", holds: 1, amount: "6",
            expected: .admitted),
        Case(
            title: "a nano-dollar more than is left beside holds", quota: "10", held: "4", holds: 1,
            amount: "6.000000001", expected: .held),
        Case(title: "larger than what is left, but alone", quota: "10", fee: "9", amount: "6", expected: .admitted),
        Case(
            title: "larger than what is left, and not alone", quota: "10", fee: "9", held: "0.1", holds: 1, amount: "6",
            expected: .held),
        Case(title: "a hold of nothing is not alone", quota: "10", fee: "9", holds: 1, amount: "6", expected: .held),
        Case(
            title: "strict, larger than what is left", quota: "10", fee: "9", isStrict: true, amount: "6",
            expected: .exhausted),
        Case(
            title: "strict, exactly what is left", quota: "10", fee: "4", isStrict: true, amount: "6",
            expected: .admitted),
        Case(
            title: "strict, refused by holds only", quota: "10", isStrict: true, held: "5", holds: 1, amount: "6",
            expected: .held),
        Case(
            title: "strict, too large with or without holds", quota: "10", isStrict: true, held: "5", holds: 1,
            amount: "11", expected: .exhausted),
        Case(title: "quota spent", quota: "10", fee: "10", amount: "0.1", expected: .exhausted),
        Case(title: "quota spent, a free call", quota: "10", fee: "10", amount: "0", expected: .exhausted),
        Case(title: "no quota and no balance", quota: "0", amount: "0", expected: .exhausted),
        Case(title: "no quota, balance", quota: "0", balance: "1", amount: "1", expected: .admitted),
        Case(
            title: "quota overspent does not eat the balance", quota: "10", fee: "12", balance: "1", amount: "1",
            expected: .admitted),
        Case(
            title: "quota and balance add up", quota: "10", fee: "8", balance: "3", held: "1", holds: 1, amount: "4",
            expected: .admitted),
        Case(
            title: "balance below zero takes from the quota", quota: "1", balance: "-1", amount: "0.1",
            expected: .exhausted),
        Case(title: "everything held", quota: "10", held: "10", holds: 3, amount: "0.000000001", expected: .held),
        Case(
            title: "the largest amounts there are", quota: "1000000000", held: "1000000000", holds: 1,
            amount: "1000000000", expected: .held),
    ]

    @Test("decides on admission by quota, balance and live holds", arguments: cases)
    func verdicts(_ item: Case) {
        let purse = Purse(
            monthQuota: item.quota.map(dollars), monthFee: dollars(item.fee), balance: dollars(item.balance),
            isStrict: item.isStrict)
        let verdict = purse.verdict(on: dollars(item.amount), held: dollars(item.held), holds: item.holds)
        #expect(verdict == item.expected)
    }

    @Test(
        "takes from the balance what passes the quota",
        arguments: [
            (nil, "5", "3", "0"), ("10", "0", "3", "0"), ("10", "7", "3", "0"), ("10", "7", "3.5", "0.5"),
            ("10", "10", "3", "3"), ("10", "12", "3", "3"), ("0", "0", "0.000000001", "0.000000001"),
            ("10", "4", "0", "0"),
        ] as [(String?, String, String, String)])
    func balanceParts(quota: String?, fee: String, charge: String, expected: String) {
        let purse = Purse(
            monthQuota: quota.map(dollars), monthFee: dollars(fee), balance: .zero, isStrict: false)
        #expect(purse.balancePart(of: dollars(charge)) == dollars(expected))
    }

    @Test(
        "is after two fees what it is after their sum",
        arguments: [(nil, "5"), ("10", "0"), ("10", "6"), ("10", "7"), ("10", "12"), ("0", "0")] as [(String?, String)])
    func charged(quota: String?, fee: String) {
        let purse = Purse(
            monthQuota: quota.map(dollars), monthFee: dollars(fee), balance: dollars("5"), isStrict: false)
        let after = purse.charged(dollars("4.000000001"))
        #expect(purse.charged(dollars("3")).charged(dollars("1.000000001")) == after)
        #expect(after.monthFee == dollars(fee) + dollars("4.000000001"))
        #expect(after.balance == dollars("5") - purse.balancePart(of: dollars("4.000000001")))
    }
}
