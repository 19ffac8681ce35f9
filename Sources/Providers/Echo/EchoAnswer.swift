internal import Core

/// What an echo model says to a request, worked out before the first piece is sent.
struct EchoAnswer: Sendable, Equatable {
    /// Pieces that a model without `chunks` streams at most.
    private static let mostWordPieces = 1000

    let pieces: [String]
    let finish: FinishReason
    let usage: TokenUsage

    init(to request: ChatRequest, config: EchoConfig, maxTokens: Int?) {
        let whole = config.reply ?? request.messages.last { $0.role == .user }?.text ?? ""
        var text = Substring(whole)
        var words = Self.wordEnds(of: text)
        if let maxTokens, maxTokens < words.count {
            text = maxTokens > 0 ? text[..<words[maxTokens - 1]] : text[..<text.startIndex]
            words.removeSubrange(max(maxTokens, 0)...)
            finish = .length
        } else {
            finish = .stop
        }
        let prompt = request.messages.reduce(0) { $0 + Self.wordEnds(of: Substring($1.text)).count }
        usage = TokenUsage(input: prompt, output: words.count)
        pieces =
            request.isStream
            ? Self.split(text, words: words, into: config.chunks ?? min(words.count, Self.mostWordPieces))
            : text.isEmpty ? [] : [String(text)]
    }

    /// The index after each word.
    private static func wordEnds(of text: Substring) -> [String.Index] {
        var ends: [String.Index] = []
        var isInWord = false
        let bytes = text.utf8
        var index = bytes.startIndex
        while index < bytes.endIndex {
            let isSpace = bytes[index] == 0x20 || (0x09...0x0d).contains(bytes[index])
            if isSpace, isInWord { ends.append(index) }
            isInWord = !isSpace
            bytes.formIndex(after: &index)
        }
        if isInWord { ends.append(index) }
        return ends
    }

    /// Cuts after words where there are enough of them, else between characters; never into more pieces than
    /// characters. Joined, the pieces are the text.
    private static func split(_ text: Substring, words: [String.Index], into count: Int) -> [String] {
        guard !text.isEmpty else { return [] }
        let cuts = words.count >= count ? words : Array(text.indices.dropFirst()) + [text.endIndex]
        let count = max(1, min(count, cuts.count))
        var pieces: [String] = []
        pieces.reserveCapacity(count)
        var start = text.startIndex
        for piece in 1...count {
            let end = piece == count ? text.endIndex : cuts[piece * cuts.count / count - 1]
            pieces.append(String(text[start..<end]))
            start = end
        }
        return pieces
    }
}
