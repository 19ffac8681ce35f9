import Core
import EventLoop
import TestSupport
import Testing

@testable import Storage

@Suite("Lists", .timeLimit(.minutes(1)))
struct ListTests {
    @Test("take the wildcards of LIKE for what they are")
    func escaping() async throws {
        try await withStorage { storage, fixture in
            let names = ["100% sure", "100 sure", "a_b", "aXb", #"back\slash"#, "Ünïcode", "it's"]
            for (index, name) in names.enumerated() {
                _ = try await storage.create(.sample(name, seed: UInt8(index)), by: fixture.operatorOfTests)
            }
            let expected = [
                "100%": ["100% sure"], "%": ["100% sure"], "_": ["a_b"], "A_B": ["a_b"], #"\"#: [#"back\slash"#],
                "sure": ["100 sure", "100% sure"], "nïc": ["Ünïcode"], "'": ["it's"], "nothing": [],
                "": names.reversed(),
            ]
            for (text, found) in expected {
                let page = try await storage.keys(KeyFilter(text: text), page: PageRequest(), month: fixture.month)
                #expect(page.items.map(\.name) == found, "\(text)")
                #expect(page.total == found.count)
            }
        }
    }

    @Test("give the asked part, newest first, with the length of the whole")
    func pages() async throws {
        try await withStorage { storage, fixture in
            for index in 0..<25 {
                _ = try await storage.create(name: "g\(index)", key: "", by: fixture.operatorOfTests)
            }
            let page = try await storage.groups(text: nil, page: PageRequest(limit: 10, offset: 20))
            #expect(page.items.map(\.name) == ["g4", "g3", "g2", "g1", "g0"])
            #expect(page.total == 25)
            #expect(try await storage.groups(text: nil, page: PageRequest(limit: -1)).items.count == 1)
            #expect(try await storage.groups(text: nil, page: PageRequest(offset: 99)).items.isEmpty)
            #expect(try await storage.groups(text: "g2", page: PageRequest(limit: 2)).total == 6)
        }
    }

    @Test("name the columns to order by as the interface does")
    func orderColumns() {
        #expect(Set(KeyTable.orders.keys) == OrderColumns.keys)
        #expect(Set(ModelTable.orders.keys) == OrderColumns.models)
        #expect(Set(GroupTable.orders.keys) == OrderColumns.groups)
        #expect(Set(SessionTable.orders.keys) == OrderColumns.sessions)
        #expect(Set(ThreadTable.orders.keys) == OrderColumns.threads)
    }

    @Test("work in every order, and never put a name of the caller's into SQL")
    func orders() async throws {
        try await withStorage { storage, fixture in
            let me = fixture.operatorOfTests
            for (index, name) in ["b", "a", "c"].enumerated() {
                let key = try await storage.create(.sample(name, seed: UInt8(index)), by: me)
                _ = try await storage.create(name: name, key: name, by: me)
                _ = try await storage.create(.demo(name), by: me)
                let session = SessionReference(key: name, title: name)
                try await storage.spend(dollars("0.\(index + 1)"), key, fixture, request: name, session: session)
            }
            for isDescending in [false, true] {
                let names = isDescending ? ["c", "b", "a"] : ["a", "b", "c"]
                let page = { PageRequest(orderBy: $0, isDescending: isDescending) }
                let month = fixture.month
                #expect(
                    try await storage.keys(KeyFilter(), page: page("name"), month: month).items.map(\.name) == names)
                #expect(try await storage.groups(text: nil, page: page("key")).items.map(\.name) == names)
                #expect(try await storage.models(ModelFilter(), page: page("name")).items.map(\.name) == names)
                #expect(try await storage.sessions(SessionFilter(), page: page("title")).items.map(\.title) == names)
                #expect(
                    try await storage.threads(ThreadFilter(), page: page("key_name")).items.map(\.keyName) == names)
                for column in OrderColumns.keys {
                    #expect(try await storage.keys(KeyFilter(), page: page(column), month: month).total == 3)
                }
                for column in OrderColumns.models {
                    #expect(try await storage.models(ModelFilter(), page: page(column)).total == 3)
                }
                for column in OrderColumns.groups {
                    #expect(try await storage.groups(text: nil, page: page(column)).total == 3)
                }
                for column in OrderColumns.sessions {
                    #expect(try await storage.sessions(SessionFilter(), page: page(column)).total == 3)
                }
                for column in OrderColumns.threads {
                    #expect(try await storage.threads(ThreadFilter(), page: page(column)).total == 3)
                }
                let hostile = page("name; DROP TABLE key_groups")
                #expect(try await storage.groups(text: nil, page: hostile).items.map(\.name) == ["c", "a", "b"])
            }
        }
    }

    @Test("of keys filter by name, group and role, and show the month's fees")
    func keys() async throws {
        try await withStorage { storage, fixture in
            let me = fixture.operatorOfTests
            let group = try await storage.create(name: "Team", key: "", by: me)
            var new = NewKey.sample("Ada", seed: 1)
            new.email = "ada@example.com"
            new.groupID = group.id
            new.role = .admin
            let ada = try await storage.create(new, by: me)
            _ = try await storage.create(.sample("Adam", seed: 2), by: me)
            try await storage.spend(dollars("0.25"), ada, fixture, request: "r")
            func names(_ filter: KeyFilter) async throws -> [String] {
                try await storage.keys(filter, page: PageRequest(), month: fixture.month).items.map(\.name)
            }
            #expect(try await names(KeyFilter(text: "example")) == ["Ada"])
            #expect(try await names(KeyFilter(name: "Ada")) == ["Ada"])
            #expect(try await names(KeyFilter(text: "ada")) == ["Adam", "Ada"])
            #expect(try await names(KeyFilter(groupID: group.id)) == ["Ada"])
            #expect(try await names(KeyFilter(role: .user)) == ["Adam"])
            let list = try await storage.keys(
                KeyFilter(name: "Ada"), page: PageRequest(), month: fixture.month)
            #expect(list.items.map(\.monthFee) == [dollars("0.25")])
            #expect(list.items == [try storage.key(ada.id, fixture)])
            let before = try await storage.keys(
                KeyFilter(name: "Ada"), page: PageRequest(), month: BillingMonth(year: 2026, month: 10))
            #expect(before.items.map(\.monthFee) == [.zero])
        }
    }

    @Test("of threads give pages far back by their numbers, also where rows are missing")
    func farPages() async throws {
        try await withStorage { storage, fixture in
            let key = try await storage.create(.sample("Ada", seed: 1), by: fixture.operatorOfTests)
            try await storage.spend(.zero, key, fixture, request: "r")
            try fixture.multiplyThreads(by: 999)
            func numbers(_ page: PageRequest, _ filter: ThreadFilter = ThreadFilter()) async throws -> [Int64] {
                let threads = try await storage.threads(filter, page: page)
                #expect(!threads.isTotalCapped)
                return threads.items.map(\.id.rawValue)
            }
            for hasGap in [false, true] {
                if hasGap { try fixture.change("DELETE FROM threads WHERE id = 500") }
                let back = Int64(hasGap ? 1 : 0)
                #expect(try await numbers(PageRequest(limit: 2, offset: 900)) == [100 - back, 99 - back])
                #expect(
                    try await numbers(PageRequest(limit: 2, offset: 900, orderBy: "created_at")) == [
                        901 + back, 902 + back,
                    ])
                #expect(
                    try await numbers(PageRequest(limit: 2, offset: 900), ThreadFilter(keyID: key.id)) == [
                        100 - back, 99 - back,
                    ])
                #expect(try await numbers(PageRequest(limit: 5, offset: 998)) == (hasGap ? [1] : [2, 1]))
                #expect(try await numbers(PageRequest(limit: 5, offset: 2000)) == [])
                #expect(try await storage.threads(ThreadFilter(), page: PageRequest()).total == 1000 - Int(back))
            }
        }
    }

    @Test("say so when they have more rows than are counted")
    func cappedTotal() async throws {
        try await withStorage { storage, fixture in
            let key = try await storage.create(.sample("Ada", seed: 1), by: fixture.operatorOfTests)
            try await storage.spend(.zero, key, fixture, request: "r")
            try fixture.multiplyThreads(by: ListQuery.countLimit)
            let filtered = try await storage.threads(ThreadFilter(keyID: key.id), page: PageRequest(limit: 1))
            #expect(filtered.total == ListQuery.countLimit && filtered.isTotalCapped)
            let all = try await storage.threads(ThreadFilter(), page: PageRequest(limit: 1))
            #expect(all.total == ListQuery.countLimit + 1 && !all.isTotalCapped)
        }
    }
}
