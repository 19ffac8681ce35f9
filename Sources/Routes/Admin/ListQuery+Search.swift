internal import Core

extension ListQuery {
    /// Words to search for. Nil when absent.
    func searched(_ name: String) throws(GatewayError) -> String? {
        guard let text = try text(name) else { return nil }
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
