internal import Core

extension ListQuery {
    private static let longestSearch = 1000

    /// Words to search for. Nil when absent.
    func searched(_ name: String) throws(GatewayError) -> String? {
        guard let text = text(name) else { return nil }
        guard text.utf8.count <= Self.longestSearch else {
            throw .invalid("'\(name)' must have at most \(Self.longestSearch) bytes.", param: name)
        }
        let terms = SearchTerms(text)
        if terms.isEmpty {
            throw .invalid("'\(name)' must have a letter or a digit: punctuation is not searched for.", param: name)
        }
        if terms.isTooMany {
            throw .invalid("'\(name)' must have at most \(SearchTerms.limit) words.", param: name)
        }
        return text
    }
}
