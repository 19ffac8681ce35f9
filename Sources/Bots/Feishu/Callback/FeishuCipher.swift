internal import Crypto
internal import CryptoExtras
internal import FoundationEssentials

/// The platform's encryption of events: base64 of an initialization vector and AES-256 in CBC mode with PKCS #7 padding, under
/// the SHA-256 of the encrypt key. It proves nothing of who sent it; that is the signature's.
package enum FeishuCipher {
    private static let blockSize = 16

    package static func decrypt(_ text: String, key: String) throws(FeishuRefusal) -> [UInt8] {
        guard let bytes = Data(base64Encoded: text), bytes.count >= 2 * blockSize, bytes.count % blockSize == 0 else {
            throw .ciphertext
        }
        let secret = SymmetricKey(data: SHA256.hash(data: Data(key.utf8)))
        do {
            let vector = try AES._CBC.IV(ivBytes: bytes.prefix(blockSize))
            return [UInt8](try AES._CBC.decrypt(bytes.dropFirst(blockSize), using: secret, iv: vector))
        } catch {
            throw .ciphertext
        }
    }
}
