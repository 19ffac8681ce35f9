/// What somebody looks for, all of which a text must have: words, and parts of sentences that have no spaces.
package struct SearchTerms: Sendable, Equatable {
    package enum Term: Sendable, Equatable {
        /// Words that follow one another, such as the two of `gpt-4o`.
        case words([String])
        /// Characters that follow one another.
        case run([Unicode.Scalar])
    }

    /// Terms that a search may have.
    package static let limit = 16

    package private(set) var terms: [Term] = []

    /// - Parameter text: as typed; punctuation separates, and means nothing more.
    package init(_ text: String) {
        var words: [String] = []
        var terms: [Term] = []
        func endWords() {
            if !words.isEmpty { terms.append(.words(words)) }
            words = []
        }
        TextSegments.each(of: text.unicodeScalars) { segment in
            switch segment {
            case .word(let word): words.append(word)
            case .space: endWords()
            case .run(let run):
                endWords()
                terms.append(.run(run))
            }
        }
        endWords()
        self.terms = terms
    }

    /// Nothing in the text can be looked for.
    package var isEmpty: Bool { terms.isEmpty }
    package var isTooMany: Bool { terms.count > Self.limit }
}
