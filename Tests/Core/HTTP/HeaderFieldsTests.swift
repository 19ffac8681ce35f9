import Testing

@testable import Core

@Suite("Header fields")
struct HeaderFieldsTests {
    @Test("names compare without regard to case, and only letters do")
    func names() {
        var fields: HeaderFields = ["Session-Id": "a", "X-[": "b"]
        #expect(fields["session-ID"] == "a")
        #expect(fields["x-{"] == nil)
        #expect(fields["Session"] == nil)
        fields["SESSION-ID"] = "c"
        #expect(fields.fields.map(\.value) == ["b", "c"])
        fields["session-id"] = nil
        #expect(fields["Session-Id"] == nil)
    }

    @Test("the first of several values is read; setting replaces them all")
    func repeated() {
        var fields: HeaderFields = [:]
        fields.append("Vary", "a")
        fields.append("vary", "b")
        #expect(fields["Vary"] == "a")
        #expect(fields.fields.count == 2)
        fields["VARY"] = "c"
        #expect(fields.fields == [HeaderFields.Field(name: "VARY", value: "c")])
    }

    @Test("no pair of ASCII characters counts as equal but a letter and its other case")
    func pairs() {
        for a in 0..<128 as Range<UInt8> {
            for b in 0..<128 as Range<UInt8> {
                let left = String(Character(Unicode.Scalar(a)))
                let right = String(Character(Unicode.Scalar(b)))
                #expect(left.equalsIgnoringCase(right) == (left.lowercased() == right.lowercased()))
            }
        }
    }

    @Test("an empty query value counts as absent")
    func query() {
        let items = [QueryItem("q", ""), QueryItem("limit", "10"), QueryItem("limit", "20")]
        let request = HTTPRequest(method: "GET", path: "/", query: items, id: "r")
        #expect(request.query("q") == nil)
        #expect(request.query("limit") == "10")
    }
}
