internal import Core
internal import Crypto
internal import FoundationEssentials

/// Seals texts for storage with AES-256-GCM, each bound to the place where it is stored.
struct SecretBox: Sendable {
    /// A sealed text as it stands in a row.
    struct Sealed: Sendable, Equatable {
        /// Names the key, so that a second one can be phased in.
        let keyID: String
        /// Nonce (12 bytes), cipher text, tag (16 bytes).
        let bytes: [UInt8]
    }

    /// Where a sealed text is stored: copied to another row or column it does not open.
    struct Place: Sendable {
        let table: String
        let row: Int64
        let column: String

        fileprivate var bytes: [UInt8] { Array("\(table)/\(row)/\(column)".utf8) }
    }

    let keyID: String
    private let key: SymmetricKey

    init(key bytes: [UInt8]) {
        key = SymmetricKey(data: bytes)
        // Tells nothing about the key, and no cipher text is made from this input.
        let digest = HMAC<SHA256>.authenticationCode(for: Array("brook key id".utf8), using: key)
        keyID = Hexadecimal.text(Array(digest.prefix(8)))
    }

    func seal(_ bytes: [UInt8], at place: Place) throws(Failure) -> Sealed {
        do {
            let box = try AES.GCM.seal(bytes, using: key, authenticating: place.bytes)
            return Sealed(keyID: keyID, bytes: Array(box.nonce) + Array(box.ciphertext) + Array(box.tag))
        } catch {
            throw .unavailable("a secret of \(place.table) \(place.row) cannot be sealed")
        }
    }

    func open(_ sealed: Sealed, at place: Place) throws(Failure) -> [UInt8] {
        guard sealed.keyID == keyID else {
            throw .unavailable("\(place.table) \(place.row) was sealed with key \(sealed.keyID), this is \(keyID)")
        }
        do {
            let box = try AES.GCM.SealedBox(combined: sealed.bytes)
            return Array(try AES.GCM.open(box, using: key, authenticating: place.bytes))
        } catch {
            throw .unavailable("the secret of \(place.table) \(place.row) does not open: it was changed or moved")
        }
    }
}
