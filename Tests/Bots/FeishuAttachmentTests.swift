import Core
import FoundationEssentials
import Testing

@testable import Bots

@Suite("A file of a message")
struct FeishuAttachmentTests {
    private static func part(
        _ name: String, _ bytes: [UInt8], _ kind: FeishuMessage.Resource.Kind = .file
    )
        -> ContentPart.Content?
    {
        FeishuAttachments.part(kind, name: name, bytes)?.content
    }

    @Test("is an image by its bytes, a document by its name, else text if it can be text")
    func kinds() {
        let png: [UInt8] = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0]
        let image = ContentPart.Content.image(
            .base64(Data(png).base64EncodedString(), mediaType: "image/png"))
        #expect(Self.part("x.txt", png) == image && Self.part("", png, .image) == image)
        #expect(Self.part("", Array("text".utf8), .image) == nil)
        #expect(Self.part("a.CSV", Array("1,2".utf8)) == .text("a.CSV:\n\n1,2"))
        let pdf = Array("%PDF-1.4".utf8)
        #expect(
            Self.part("a.pdf", pdf)
                == .document(.base64(Data(pdf).base64EncodedString(), mediaType: "application/pdf"), name: "a.pdf"))
        #expect(Self.part("a.pdf", [0, 1]) == nil)
        #expect(Self.part("a", [0xff, 0xfe]) == nil && Self.part("a", []) == nil)
        #expect(Self.part("a", [UInt8](repeating: 65, count: 300 * 1024)) == nil)
    }
}
