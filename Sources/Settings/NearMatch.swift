extension String {
    /// The candidate that this was most likely meant to be: at most two slips away, or one of three characters in a short
    /// name. Letters compare without case.
    func nearest(of candidates: [String]) -> String? {
        let tolerance = count < 6 ? 1 : 2
        let ranked = candidates.map { (candidate: $0, slips: lowercased().slips(from: $0.lowercased())) }
        guard let best = ranked.min(by: { $0.slips < $1.slips }), best.slips <= tolerance else { return nil }
        return best.candidate
    }

    /// How many slips of typing lie between two words, where a slip is one character missing, added, changed, or swapped
    /// with its neighbour (the optimal string alignment distance).
    private func slips(from other: String) -> Int {
        let a = Array(self)
        let b = Array(other)
        var beforePrevious: [Int] = []
        var previous = Array(0...b.count)
        for i in a.indices {
            var row = [i + 1]
            for j in b.indices {
                var least = min(previous[j + 1], row[j]) + 1
                least = min(least, previous[j] + (a[i] == b[j] ? 0 : 1))
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { least = min(least, beforePrevious[j - 1] + 1) }
                row.append(least)
            }
            beforePrevious = previous
            previous = row
        }
        return previous.last ?? 0
    }
}
