import Core
import FoundationEssentials

/// Reads what `Fixtures/make_vectors.py` has written.
enum Fixture {
    static func json(_ name: String, file: String = #filePath) throws -> JSONValue {
        let folder = file.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
        let path = "\(folder)/Fixtures/\(name)"
        guard let data = FileManager.default.contents(atPath: path) else { throw Missing(path: path) }
        return try JSONParser.parse([UInt8](data))
    }

    struct Missing: Error { let path: String }

    static func bytes(hex: String) -> [UInt8] {
        let digits = hex.compactMap(\.hexDigitValue)
        return stride(from: 0, to: digits.count - 1, by: 2).map { UInt8(digits[$0] * 16 + digits[$0 + 1]) }
    }
}
