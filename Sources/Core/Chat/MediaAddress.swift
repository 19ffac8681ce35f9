/// A file that a request names by its URL.
package struct MediaAddress: Sendable, Hashable {
    package enum Kind: Sendable {
        case image, document
    }

    package let kind: Kind
    package let url: String

    package init(_ kind: Kind, _ url: String) {
        self.kind = kind
        self.url = url
    }

    /// Nil for a part that is no file, or carries its file with it.
    package init?(_ content: ContentPart.Content) {
        switch content {
        case .image(.url(let url)): self.init(.image, url)
        case .document(.url(let url), _): self.init(.document, url)
        default: return nil
        }
    }
}

extension ChatRequest {
    /// The files that the messages name by their URL, in their order, each as often as it is named.
    package var mediaAddresses: [MediaAddress] {
        var found: [MediaAddress] = []
        for message in messages { Self.collect(message.parts, into: &found) }
        return found
    }

    private static func collect(_ parts: [ContentPart], into found: inout [MediaAddress]) {
        for part in parts {
            if let address = MediaAddress(part.content) {
                found.append(address)
            } else if case .toolResult(let result) = part.content {
                collect(result.parts, into: &found)
            }
        }
    }

    /// Puts files in the place of their addresses.
    package mutating func replace(_ files: [MediaAddress: MediaSource]) {
        for index in messages.indices { Self.replace(files, in: &messages[index].parts) }
    }

    private static func replace(_ files: [MediaAddress: MediaSource], in parts: inout [ContentPart]) {
        for index in parts.indices {
            let content = parts[index].content
            if case .toolResult(var result) = content {
                replace(files, in: &result.parts)
                parts[index].content = .toolResult(result)
            } else if let address = MediaAddress(content), let file = files[address] {
                if case .document(_, let name) = content {
                    parts[index].content = .document(file, name: name)
                } else {
                    parts[index].content = .image(file)
                }
            }
        }
    }
}
