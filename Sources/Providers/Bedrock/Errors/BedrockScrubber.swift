/// Takes out of AWS's texts what may stand neither in an answer nor in a log: ARNs, account ids, key ids, tokens.
enum BedrockScrubber {
    /// Longer texts are cut, after scrubbing: a cut secret might no longer look like one.
    static let maximumLength = 600
    private static let maximumInput = 16 * 1024
    /// AWS's tokens, keys and signatures are longer runs of base64 or hex than any word or id.
    private static let secretLength = 40

    static func scrub(_ text: String) -> String {
        var result = ""
        var word = ""
        for character in text.prefix(maximumInput) {
            if isSeparator(character) {
                result += scrubbed(word: word)
                word = ""
                result.append(character.isNewline ? " " : character)
            } else {
                word.append(character)
            }
        }
        return String((result + scrubbed(word: word)).prefix(maximumLength))
    }

    private static func isSeparator(_ character: Character) -> Bool {
        character.isWhitespace || "\"'`,;()[]{}<>|".contains(character)
    }

    private static func scrubbed(word: String) -> String {
        if word.contains("arn:") { return "[arn]" }
        var result = ""
        var run = ""
        for character in word {
            if isSecretCharacter(character) {
                run.append(character)
            } else {
                result += scrubbed(run: run)
                run = ""
                result.append(character)
            }
        }
        return result + scrubbed(run: run)
    }

    private static func isSecretCharacter(_ character: Character) -> Bool {
        character.isASCII && (character.isLetter || character.isNumber || "+/=_-".contains(character))
    }

    private static func scrubbed(run: String) -> String {
        if run.utf8.count == 12, run.allSatisfy(\.isNumber) { return "[account]" }
        if run.utf8.count >= secretLength { return "[secret]" }
        let keyPrefixes = ["AKIA", "ASIA", "AROA", "AIDA"]
        return run.utf8.count >= 16 && keyPrefixes.contains(String(run.prefix(4))) ? "[key]" : run
    }
}
