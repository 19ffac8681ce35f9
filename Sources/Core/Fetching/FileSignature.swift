/// What a file's own bytes say of its type. Servers' and clients' words are often wrong.
package enum FileSignature {
    /// `png`, `jpeg`, `gif` or `webp`, by the first 12 bytes.
    package static func imageFormat(_ start: some Collection<UInt8>) -> String? {
        if start.starts(with: [0x89, 0x50, 0x4e, 0x47]) { return "png" }
        if start.starts(with: [0xff, 0xd8, 0xff]) { return "jpeg" }
        if start.starts(with: "GIF8".utf8) { return "gif" }
        if start.starts(with: "RIFF".utf8), start.dropFirst(8).starts(with: "WEBP".utf8) { return "webp" }
        return nil
    }

    /// The media type of an image; nil when the bytes are none.
    package static func imageType(of file: FetchedFile) -> String? {
        imageFormat(file.bytes.prefix(12)).map { "image/\($0)" }
    }

    /// The media type of a document: PDF by its bytes; text by what the server says, if the bytes can be text (UTF-8
    /// without NUL). Reads all of a text: off the loop for a large one.
    package static func documentType(of file: FetchedFile) -> String? {
        if file.bytes.starts(with: "%PDF-".utf8) { return "application/pdf" }
        guard let declared = file.declaredType?.prefix(while: { $0 != ";" && !$0.isWhitespace }).lowercased(),
            let type = textTypes[declared], !file.bytes.isEmpty, !file.bytes.contains(0),
            String(validating: file.bytes, as: UTF8.self) != nil
        else { return nil }
        return type
    }

    /// As declared, and as models know it.
    private static let textTypes = [
        "text/plain": "text/plain", "text/csv": "text/csv", "application/csv": "text/csv", "text/html": "text/html",
        "text/markdown": "text/markdown", "text/x-markdown": "text/markdown", "application/json": "text/plain",
    ]
}
