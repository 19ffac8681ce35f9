/// The pieces of a text that a search compares.
///
/// Languages that put no spaces between words are taken as runs of characters, of which an index holds each pair of
/// neighbours; everything else is words.
package enum TextSegment: Sendable, Equatable {
    /// Letters, digits and their marks, at most ``TextSegments/longestWord`` scalars of them.
    case word(String)
    /// Han, Kana, Hangul and Bopomofo characters that stand together.
    case run([Unicode.Scalar])
    /// White space, which ends a group of words that belong together as those of `gpt-4o` do.
    case space
}

package enum TextSegments {
    /// What is longer is cut: encoded files are no words.
    package static let longestWord = 64

    private enum Kind {
        case word, run, space, other
    }

    /// Calls `emit` with the segments in their order.
    package static func each(
        of scalars: some Sequence<Unicode.Scalar>, _ emit: (TextSegment) -> Void
    ) {
        var word = String.UnicodeScalarView()
        var length = 0
        var run: [Unicode.Scalar] = []
        func end() {
            if length > 0 {
                emit(.word(String(word)))
                word = String.UnicodeScalarView()
                length = 0
            }
            if !run.isEmpty {
                emit(.run(run))
                run.removeAll(keepingCapacity: true)
            }
        }
        for scalar in scalars {
            switch kind(of: scalar) {
            case .word:
                if !run.isEmpty { end() }
                if length < longestWord { word.append(scalar) }
                length += 1
            case .run:
                if length > 0 { end() }
                run.append(scalar)
            case .space:
                end()
                emit(.space)
            case .other: end()
            }
        }
        end()
    }

    private static func kind(of scalar: Unicode.Scalar) -> Kind {
        switch scalar.value {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: .word
        case 0x09...0x0D, 0x20: .space
        case 0..<0x80: .other
        default: isWrittenWithoutSpaces(scalar) ? .run : kind(ofOther: scalar)
        }
    }

    private static func kind(ofOther scalar: Unicode.Scalar) -> Kind {
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .nonspacingMark,
            .spacingMark, .decimalNumber, .letterNumber, .otherNumber:
            .word
        case .spaceSeparator, .lineSeparator, .paragraphSeparator: .space
        default: .other
        }
    }

    /// By the blocks of Unicode 16, chapter 18.
    private static func isWrittenWithoutSpaces(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x4E00...0x9FFF, 0x3400...0x4DBF, 0xF900...0xFAFF, 0x20000...0x3FFFD, 0x3005, 0x3007: true
        case 0x3041...0x3096, 0x309D...0x309F, 0x30A1...0x30FA, 0x30FC...0x30FF, 0x31F0...0x31FF, 0xFF66...0xFF9D: true
        case 0xAC00...0xD7A3, 0x1100...0x11FF, 0x3131...0x318E, 0x3105...0x312F, 0x31A0...0x31BF: true
        default: false
        }
    }
}
