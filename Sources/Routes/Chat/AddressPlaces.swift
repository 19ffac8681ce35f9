internal import Core

/// Where a request's body names files by their URL.
///
/// Looked for only when a request names any: a parser knows where it is only while it fails (``ChatFieldError``), and a
/// request whose files can be fetched needs no places.
enum AddressPlaces {
    /// Members that lead to a file's URL; arguments and other data of clients are not among them.
    private static let branches: Set<String> = ["content", "output", "source", "image_url", "file"]
    private static let leaves: Set<String> = ["url", "image_url", "file_url"]
    /// As deep as a file can stand: a message, its content, a tool result, its content, a document's content, its source.
    private static let mostLevels = 16

    /// URL to place, such as `messages[2].content[1].image_url.url`; the first place of each.
    static func find(in body: JSONObject, for request: ChatRequest) -> [String: String] {
        let named = Set(request.mediaAddresses.map(\.url))
        guard !named.isEmpty else { return [:] }
        var places: [String: String] = [:]
        for member in ["messages", "input"] {
            if let value = body.present(member) { search(value, member, named, levels: mostLevels, &places) }
        }
        // A request with files is known by its places, so each URL has one.
        for url in named where places[url] == nil { places[url] = "messages" }
        return places
    }

    private static func search(
        _ value: JSONValue, _ path: String, _ named: Set<String>, levels: Int, _ places: inout [String: String]
    ) {
        guard levels > 0 else { return }
        switch value {
        case .array(let elements):
            for (index, element) in elements.enumerated() {
                search(element, "\(path)[\(index)]", named, levels: levels - 1, &places)
            }
        case .object(let object):
            for member in object.members {
                let path = "\(path).\(member.name)"
                if leaves.contains(member.name), case .string(let text) = member.value {
                    let url = ContentParser.trimmed(text)
                    if named.contains(url), places[url] == nil { places[url] = path }
                } else if branches.contains(member.name) {
                    search(member.value, path, named, levels: levels - 1, &places)
                }
            }
        default: return
        }
    }
}
