internal import Core
internal import EventLoop
internal import FoundationEssentials

/// Fetches what a message carries besides text, and makes the parts of a question of it.
@LoopActor
struct FeishuAttachments {
    enum Content {
        case parts([ContentPart])
        /// Why the message cannot be a question, for the user.
        case refused(String)
        /// The platform does not give a file.
        case failed(FeishuError)
    }

    /// Bytes of a file, as of one that a request names by its URL.
    private static let largest = 5 * 1024 * 1024
    /// Bytes of all files of a message.
    private static let largestSum = 10 * 1024 * 1024
    /// Bytes of a text that is told as text.
    private nonisolated static let longestText = 256 * 1024
    /// By the end of a file's name. Converse's documents, and OpenAI's.
    private nonisolated static let documents = [
        "pdf": "application/pdf", "doc": "application/msword",
        "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "xls": "application/vnd.ms-excel",
        "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ]

    let calls: BotCalls

    func content(of turn: FeishuTurn, for model: String) async throws(GatewayError) -> Content {
        let resources = turn.message.resources
        guard !resources.isEmpty else { return .parts([.text(turn.text)]) }
        if resources.contains(where: { $0.kind == .image }), try !calls.takesImages(model) {
            return .refused(BotText.noImages(turn.language))
        }
        var parts: [ContentPart] = []
        var room = Self.largestSum
        for resource in resources {
            let bytes: [UInt8]
            do throws(FeishuError) {
                bytes = try await turn.client.resource(
                    resource, of: turn.message.messageID, limit: min(Self.largest, room))
            } catch {
                guard case .tooLarge = error else { return .failed(error) }
                return .refused(BotText.unreadableFile(turn.language))
            }
            room -= bytes.count
            guard let part = await Self.part(resource, bytes) else {
                return .refused(BotText.unreadableFile(turn.language))
            }
            if case .image = part.content, try !calls.takesImages(model) {
                return .refused(BotText.noImages(turn.language))
            }
            parts.append(part)
        }
        // A question needs words, also for the session's later turns.
        let names = resources.map { $0.kind == .image ? "[image]" : "[\($0.name)]" }.joined(separator: " ")
        return .parts([.text(turn.text.isEmpty ? names : turn.text)] + parts)
    }

    /// On a helper thread: looking at megabytes would stop the loop.
    private static func part(_ resource: FeishuMessage.Resource, _ bytes: [UInt8]) async -> ContentPart? {
        await HelperPool.shared.run { part(resource.kind, name: resource.name, bytes) }
    }

    /// Nil when the bytes are of no kind that models take. An image is told by its bytes, a document by its name.
    nonisolated static func part(_ kind: FeishuMessage.Resource.Kind, name: String, _ bytes: [UInt8]) -> ContentPart? {
        guard !bytes.isEmpty else { return nil }
        if let format = FileSignature.imageFormat(bytes.prefix(12)) {
            return ContentPart(.image(.base64(Data(bytes).base64EncodedString(), mediaType: "image/\(format)")))
        }
        guard kind == .file else { return nil }
        let ending = name.split(separator: ".").last.map { $0.lowercased() } ?? ""
        if let type = documents[ending], ending != "pdf" || bytes.starts(with: "%PDF-".utf8) {
            return ContentPart(.document(.base64(Data(bytes).base64EncodedString(), mediaType: type), name: name))
        }
        guard bytes.count <= longestText, !bytes.contains(0), let text = String(validating: bytes, as: UTF8.self) else {
            return nil
        }
        return .text("\(name):\n\n\(text)")
    }
}
