/// Media types of the documents that models read, for files that come as bare base64.
enum DocumentTypes {
    private static let byExtension = [
        "csv": "text/csv",
        "doc": "application/msword",
        "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "htm": "text/html",
        "html": "text/html",
        "md": "text/markdown",
        "pdf": "application/pdf",
        "txt": "text/plain",
        "xls": "application/vnd.ms-excel",
        "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ]

    /// By the name's ending; `application/octet-stream` where that says nothing.
    static func mediaType(ofFile name: String?) -> String {
        guard let name, let dot = name.lastIndex(of: ".") else { return "application/octet-stream" }
        return byExtension[name[name.index(after: dot)...].lowercased()] ?? "application/octet-stream"
    }
}
