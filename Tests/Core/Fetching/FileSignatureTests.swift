import Testing

@testable import Core

@Suite("The type of a fetched file")
struct FileSignatureTests {
    private static func file(_ bytes: [UInt8], _ declared: String?) -> FetchedFile {
        FetchedFile(bytes: bytes, declaredType: declared)
    }

    @Test(
        "An image is what its bytes say, whatever its server says",
        arguments: [
            ([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a], "image/png"), ([0xff, 0xd8, 0xff, 0xe0], "image/jpeg"),
            (Array("GIF89a".utf8), "image/gif"), (Array("RIFF\0\0\0\0WEBPVP8 ".utf8), "image/webp"),
        ] as [([UInt8], String)])
    func images(bytes: [UInt8], type: String) {
        for declared in [nil, "text/html", "image/bmp"] {
            #expect(FileSignature.imageType(of: Self.file(bytes, declared)) == type)
        }
        #expect(FileSignature.documentType(of: Self.file(bytes, "image/png")) == nil)
    }

    @Test(
        "What only its server calls an image is none",
        arguments: [
            "", "<html>", "RIFF\0\0\0\0AVI ", "%PDF-1.7", "<svg xmlns=\"http://www.w3.org/2000/svg\"/>", "BM\0\0",
        ])
    func noImages(text: String) {
        #expect(FileSignature.imageType(of: Self.file(Array(text.utf8), "image/png")) == nil)
    }

    @Test("A PDF is one by its bytes; text is what its server calls it, if it is UTF-8 without NUL")
    func documents() {
        let pdf = Array("%PDF-1.7\n".utf8) + [0, 0xff]
        #expect(FileSignature.documentType(of: Self.file(pdf, "text/html")) == "application/pdf")
        let text = Array("naïve".utf8)
        for (declared, type) in [
            ("text/plain", "text/plain"), ("Text/CSV; charset=utf-8", "text/csv"), ("text/html;charset=x", "text/html"),
            ("text/x-markdown", "text/markdown"), ("application/json", "text/plain"),
        ] { #expect(FileSignature.documentType(of: Self.file(text, declared)) == type) }
        for declared in [nil, "", "application/pdf", "application/octet-stream", "text/", "image/png"] {
            #expect(FileSignature.documentType(of: Self.file(text, declared)) == nil)
        }
        for bytes in [[], [0x61, 0], [0xff, 0xfe, 0x61], [0xc4, 0xe3]] as [[UInt8]] {
            #expect(FileSignature.documentType(of: Self.file(bytes, "text/plain")) == nil)
        }
    }
}
