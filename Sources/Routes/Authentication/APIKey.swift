package import Core
internal import Crypto

/// The text of a key, in memory only while it is needed: stores keep its hash, lists its masked form.
package struct APIKey: Sendable, Equatable {
    package let text: String

    /// Longer texts are refused without being hashed.
    package static let maximumLength = 256

    private static let prefix = "br-"
    private static let alphabet = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)
    /// 62^43 > 2^256.
    private static let randomLength = 43

    /// Nil when no key can look like this: empty, too long, or with anything but visible ASCII characters.
    package init?(_ text: String) {
        guard !text.isEmpty, text.utf8.count <= Self.maximumLength,
            text.utf8.allSatisfy({ (0x21...0x7e).contains($0) })
        else { return nil }
        self.text = text
    }

    private init(generated text: String) { self.text = text }

    /// A new key: `br-` and 43 characters of base62, each drawn without bias from the system's generator.
    package static func generate() -> APIKey {
        var generator = SystemRandomNumberGenerator()
        let random = (0..<randomLength).map { _ in alphabet[Int.random(in: alphabet.indices, using: &generator)] }
        return APIKey(generated: prefix + String(decoding: random, as: UTF8.self))
    }

    package var hash: KeyHash {
        var hasher = SHA256()
        var text = text
        text.withUTF8 { unsafe hasher.update(bufferPointer: UnsafeRawBufferPointer($0)) }
        return KeyHash(bytes: unsafe hasher.finalize().withUnsafeBytes { unsafe Array($0) })
    }

    /// First 6 and last 4 characters. A short text, which only an operator can have chosen, shows its first 3 at most.
    package var masked: String {
        guard text.count >= 20 else { return text.prefix(text.count >= 8 ? 3 : 0) + "…" }
        return text.prefix(6) + "…" + text.suffix(4)
    }
}
