internal import Core

/// What the service takes of images, documents and sound (conformance M13-M15), and checks of what clients send.
enum ConverseMedia {
    /// Of one message; from the service's documentation of `Message.content`.
    static let maximumImages = 20
    static let maximumDocuments = 5
    /// Bytes after decoding.
    static let maximumImageSize = 3_932_160
    static let maximumDocumentSize = 4_718_592

    private static let documentTypes = [
        "application/pdf": "pdf",
        "text/csv": "csv",
        "application/csv": "csv",
        "application/msword": "doc",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
        "application/vnd.ms-excel": "xls",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
        "text/html": "html",
        "text/plain": "txt",
        "text/markdown": "md",
        "text/x-markdown": "md",
    ]

    static let documentFormats = ["pdf", "csv", "doc", "docx", "xls", "xlsx", "html", "txt", "md"]

    /// By media type, else by the name's extension.
    static func documentFormat(mediaType: String, name: String?) -> String? {
        if let format = documentTypes[essence(mediaType)] { return format }
        guard let name, let dot = name.lastIndex(of: ".") else { return nil }
        let ending = name[name.index(after: dot)...].lowercased()
        let spelling = ["htm": "html", "markdown": "md", "text": "txt"][ending] ?? ending
        return documentFormats.contains(spelling) ? spelling : nil
    }

    private static let audioTypes = [
        "mp3": "mp3", "mpeg": "mp3", "wav": "wav", "x-wav": "wav", "wave": "wav", "vnd.wave": "wav", "flac": "flac",
        "x-flac": "flac", "ogg": "ogg", "opus": "opus", "aac": "aac", "x-aac": "x-aac", "mp4": "mp4", "m4a": "m4a",
        "x-m4a": "m4a", "webm": "webm", "pcm": "pcm",
    ]

    /// `audio/wav` -> `wav`
    static func audioFormat(mediaType: String) -> String? {
        let type = essence(mediaType)
        guard type.hasPrefix("audio/") else { return nil }
        return audioTypes[String(type.dropFirst(6))]
    }

    /// The media type without parameters.
    private static func essence(_ mediaType: String) -> String {
        String(mediaType.prefix { $0 != ";" && $0 != " " }).lowercased()
    }
}
