import Core
import EventLoop
import TestSupport
import Testing

@testable import Routes

@Suite("Importing keys", .timeLimit(.minutes(1)))
struct KeyImportTests {
    @Test("makes a key of each line, and shows their texts once")
    func plain() async throws {
        try await withSite { site in
            let file = "Ada,ada@example.org,default,25.50\r\nGrace,,,\r\n\"Hopper, G.\",g@example.org\n\n"
            let data = try await site.call(
                "POST", "/admin/api-key/import", JSONValue.object(["csv": .string(file)]).text)
            let rows = data.object?["items"]?.array?.compactMap(\.object) ?? []
            #expect(data.object?["total"] == 3)
            #expect(rows.map { $0["name"]?.string } == ["Ada", "Grace", "Hopper, G."])
            #expect(rows.map { $0["email"]?.string } == ["ada@example.org", "", "g@example.org"])
            #expect(rows.map { $0["group_name"] } == ["default", .null, .null])
            #expect(rows.map { $0["month_quota"]?.number?.text } == ["25.5", "0", "0"])
            #expect(rows.allSatisfy { $0["role"] == "user" })
            for row in rows {
                let text = try #require(row["api_key"]?.string)
                let mine = try await site.call("GET", "/user/api-key/mine", key: text)
                #expect(mine.object?["name"] == row["name"])
            }
        }
    }

    @Test("takes a file as the body, a line that names the columns, and a byte order mark")
    func header() async throws {
        try await withSite { site in
            let answer = await site.send(
                "POST", "/admin/api-key/import", "\u{FEFF}Email,Name\nada@example.org,Ada\n",
                type: "text/csv; charset=utf-8")
            #expect(answer.status == 200, "\(answer.text)")
            #expect(answer.items.first?["name"] == "Ada" && answer.items.first?["email"] == "ada@example.org")
        }
    }

    @Test("tells every line that is wrong, and then makes no key at all")
    func allOrNothing() async throws {
        try await withSite { site in
            let file =
                "Ada,ada@example.org\n,nobody@example.org\nBob,not an address\nCid,,no-group\nDan,,,-3\nEve,,,much\n"
            let answer = await site.send(
                "POST", "/admin/api-key/import", JSONValue.object(["csv": .string(file)]).text)
            #expect(answer.status == 400 && answer.error?["code"] == "invalid_import")
            let message = answer.error?["message"]?.string ?? ""
            for part in [
                "Line 2: 'name'", "Line 3: 'email'", "Line 4: there is no group 'no-group'", "Line 5: 'month_quota'",
                "Line 6: 'month_quota'", "No key was made.",
            ] { #expect(message.contains(part), "\(message)") }
            #expect(!message.contains("Line 1"))
            let rows = try await site.rows("/admin/api-key/list")
            #expect(rows.count == 1)
        }
    }

    @Test(
        "refuses files that are none",
        arguments: [
            "", "\n\n", "name,email\n", "a,\"b", "a,\"b\"c", "name,email,role\nx,,admin", "name,name\nx,y", "a,b,c,1,e",
            String(repeating: "x,\n", count: 1001),
        ])
    func broken(_ file: String) async throws {
        try await withSite { site in
            let answer = await site.send(
                "POST", "/admin/api-key/import", JSONValue.object(["csv": .string(file)]).text)
            #expect(answer.status == 400 && answer.error?["param"] == "csv", "\(answer.text)")
            let rows = try await site.rows("/admin/api-key/list")
            #expect(rows.count == 1)
        }
    }

    @Test("takes a thousand lines at once")
    func many() async throws {
        try await withSite { site in
            let file = (1...1000).map { "user \($0),u\($0)@example.org,default,1" }.joined(separator: "\n")
            let answer = await site.send("POST", "/admin/api-key/import", file, type: "text/csv")
            #expect(answer.status == 200)
            #expect(Set(answer.items.compactMap { $0["api_key"]?.string }).count == 1000)
            let rows = try await site.rows("/admin/audit/list?action=key.create&limit=1000")
            #expect(rows.count == 1000)
        }
    }

    @Test("reads cells as RFC 4180 and spreadsheets write them")
    func cells() throws {
        let rows = { (text: String) throws in try CSVReader.rows(of: text, limit: 100).map(\.cells) }
        #expect(try rows("a,b\nc,d") == [["a", "b"], ["c", "d"]])
        #expect(try rows("a,b\r\nc,d\r\n") == [["a", "b"], ["c", "d"]])
        #expect(try rows("a,b\rc,d") == [["a", "b"], ["c", "d"]])
        #expect(try rows("\"a\"\"b\",\"c,d\"") == [["a\"b", "c,d"]])
        #expect(try rows("\"two\nlines\",x\ny,z") == [["two\nlines", "x"], ["y", "z"]])
        #expect(try rows("\"two\r\nlines\",x") == [["two\r\nlines", "x"]])
        #expect(try rows("a,,\n,,\n") == [["a", "", ""]])
        #expect(try rows("\"\",x") == [["", "x"]])
        #expect(try rows("a b\"c") == [["a b\"c"]])
        #expect(try CSVReader.rows(of: "a\n\nb\n\"c\nd\"\ne", limit: 9).map(\.line) == [1, 3, 4, 6])
        #expect(throws: CSVReader.Problem.unclosedQuote(line: 2)) { try rows("a\n\"b\nc") }
        #expect(throws: CSVReader.Problem.textAfterQuote(line: 1)) { try rows("\"a\"b") }
        #expect(throws: CSVReader.Problem.tooManyRows(limit: 100)) {
            try rows(String(repeating: "x\n", count: 101))
        }
    }
}
