internal import Core

/// The content of a message by its kind: its text, and the files in it.
struct FeishuContent {
    private static let mostResources = 10

    private(set) var kind = FeishuMessage.Kind.other
    private(set) var text = ""
    private(set) var resources: [FeishuMessage.Resource] = []

    init(_ type: String, _ content: JSONObject) {
        switch type {
        case "text":
            kind = .text
            text = content["text"]?.string ?? ""
        case "post":
            kind = .post
            readPost(content)
        case "image":
            kind = .image
            add(.image, content["image_key"], name: "")
        case "file":
            kind = .file
            add(.file, content["file_key"], name: content["file_name"]?.string ?? "file")
        default: break
        }
    }

    private mutating func add(_ kind: FeishuMessage.Resource.Kind, _ key: JSONValue?, name: String) {
        guard let key = key?.string, FeishuEventReader.isID(key), resources.count < Self.mostResources else { return }
        resources.append(FeishuMessage.Resource(kind: kind, key: key, name: String(name.prefix(200))))
    }

    /// A post's lines of elements, in one language or by language.
    private mutating func readPost(_ content: JSONObject) {
        var post = content
        if content["content"] == nil, let first = content.members.compactMap(\.value.object).first { post = first }
        var lines: [String] = []
        if let title = post["title"]?.string, !title.isEmpty { lines.append(title) }
        for line in post["content"]?.array ?? [] {
            lines.append((line.array ?? []).compactMap(\.object).map { element($0) }.joined())
        }
        text = lines.joined(separator: "\n")
    }

    private mutating func element(_ element: JSONObject) -> String {
        let text = element["text"]?.string ?? ""
        switch element["tag"]?.string {
        case "text", "md": return text
        case "a": return "[\(text)](\(element["href"]?.string ?? ""))"
        case "at": return element["user_id"]?.string ?? ""
        case "code_block": return "```\(element["language"]?.string?.lowercased() ?? "")\n\(text)\n```"
        case "img":
            add(.image, element["image_key"], name: "")
            return ""
        default: return text
        }
    }
}
