import Core
import EventLoop
import Glibc
import Synchronization
import TestSupport
import Testing

@testable import Upstream

@Suite("Fetching files from addresses that clients name")
struct GuardedFetcherTests {
    /// Fetches once, with time for a loop that other suites keep busy; the server's port, and `networks`, are allowed.
    private static func fetch(
        _ url: String, port: UInt16, networks: [String] = ["127.0.0.1/32"], names: [String: [[String]]] = [:],
        budget: Int = FetchPolicy.mostBytes, limit: Duration = .seconds(60), isSilent: Bool = false
    ) async throws -> (result: Result<FetchedFile, FetchError>, asked: [String]) {
        try await onLoop {
            let resolver = ScriptedResolver(names)
            resolver.isSilent = isSilent
            let fetcher = GuardedFetcher(
                transport: try CurlTransport(userAgent: "brook/test"), resolver: resolver, timeLimit: limit)
            var policy = FetchPolicy()
            policy.ports.insert(Int(port))
            policy.networks = networks.compactMap { IPNetwork($0) }
            do throws(FetchError) {
                return (.success(try await fetcher.fetch(url, by: policy, within: FetchBudget(budget))), resolver.asked)
            } catch {
                return (.failure(error), resolver.asked)
            }
        }
    }

    private static func failure(_ result: Result<FetchedFile, FetchError>) -> FetchError? {
        if case .failure(let error) = result { error } else { nil }
    }

    @Test("The checked address is connected to, for the host of the URL, and nothing of the gateway goes along")
    func plain() async throws {
        let seen = Mutex("")
        let server = LoopbackServer { peer in
            let request = peer.request() ?? ""
            seen.withLock { $0 = request }
            peer.answer("200 OK", "hello", headers: "Content-Type: text/plain; charset=utf-8\r\nSet-Cookie: a=b\r\n")
        }
        let (result, asked) = try await Self.fetch(
            "http://files.test:\(server.port)/a%20b?c=d#e", port: server.port, names: ["files.test": [["127.0.0.1"]]])
        #expect(try result.get() == FetchedFile(bytes: Array("hello".utf8), declaredType: "text/plain; charset=utf-8"))
        #expect(asked == ["files.test"])
        let lines = seen.withLock { $0 }.split(separator: "\r\n").map(String.init)
        #expect(
            lines == [
                "GET /a%20b?c=d HTTP/1.1", "Host: files.test:\(server.port)", "Accept: */*", "User-Agent: brook/test",
            ])
    }

    @Test("A host that resolves to something else a moment later is not asked there")
    func rebinding() async throws {
        let server = LoopbackServer { peer in
            _ = peer.request()
            peer.answer("302 Found", "", headers: "Location: /again\r\n")
        }
        let (result, asked) = try await Self.fetch(
            "http://files.test:\(server.port)/", port: server.port,
            names: ["files.test": [["127.0.0.1"], ["127.0.0.2"]]])
        // The first hop went to the address that was checked; the second was looked up again and refused.
        #expect(Self.failure(result) == .refused)
        #expect(asked == ["files.test", "files.test"])
        #expect(server.connections == 1)
    }

    @Test("The system's own resolver is not asked beside ours: a name that it finds elsewhere leads where ours says")
    func pinned() async throws {
        let server = LoopbackServer { peer in
            _ = peer.request()
            peer.answer("200 OK", "mine")
        }
        // `localhost` would be 127.0.0.1, where nothing listens on that address of the network 127.0.0.0/8.
        let (result, _) = try await Self.fetch(
            "http://one.invalid:\(server.port)/", port: server.port, names: ["one.invalid": [["127.0.0.1"]]])
        #expect(try result.get().bytes == Array("mine".utf8))
        let (other, _) = try await Self.fetch(
            "http://localhost:\(server.port)/", port: server.port, networks: ["127.0.0.77/32"],
            names: ["localhost": [["127.0.0.77"]]])
        #expect(Self.failure(other) == .failed)
        #expect(server.connections == 1)
    }

    @Test(
        "One address of a host that is not allowed spoils all of them",
        arguments: [
            ["127.0.0.1", "10.0.0.1"], ["10.0.0.1", "127.0.0.1"], ["127.0.0.1", "::1"],
            ["127.0.0.1", "::ffff:127.0.0.1"],
            ["169.254.169.254"], ["fd00:ec2::254"], ["64:ff9b::7f00:1"], ["2002:7f00:1::"], ["0.0.0.0"], ["::"],
        ])
    func mixed(addresses: [String]) async throws {
        let server = LoopbackServer { $0.answer("200 OK", "x") }
        let (result, _) = try await Self.fetch(
            "http://files.test:\(server.port)/", port: server.port, names: ["files.test": [addresses]])
        #expect(Self.failure(result) == .refused)
        #expect(server.connections == 0)
    }

    @Test(
        "Addresses in the URL are held to the same rules, however they are written",
        arguments: [
            "127.0.0.1", "2130706433", "0x7f000001", "017700000001", "127.1", "0x7f.1", "%31%32%37.0.0.1", "[::1]",
            "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]", "[64:ff9b::7f00:1]", "0.0.0.0", "0", "[::]",
        ])
    func literals(host: String) async throws {
        let server = LoopbackServer { $0.answer("200 OK", "x") }
        let (result, asked) = try await Self.fetch("http://\(host):\(server.port)/", port: server.port, networks: [])
        #expect(Self.failure(result) == .refused)
        #expect(asked.isEmpty)
        #expect(server.connections == 0)
    }

    @Test(
        "Names with a trailing dot, and of one label, are judged by what they resolve to",
        arguments: [
            "127.0.0.1.", "localhost", "localhost.", "metadata", "xn--mnchen-3ya.de",
        ])
    func names(host: String) async throws {
        let server = LoopbackServer { $0.answer("200 OK", "x") }
        let names = Dictionary(
            uniqueKeysWithValues: Set([host, host.hasSuffix(".") ? String(host.dropLast()) : host]).map {
                ($0, [["127.0.0.1"]])
            })
        let (result, _) = try await Self.fetch(
            "http://\(host):\(server.port)/", port: server.port, networks: [], names: names)
        #expect(Self.failure(result) == .refused)
        #expect(server.connections == 0)
    }

    @Test("A port that is not allowed is refused before the host is looked up")
    func ports() async throws {
        let server = LoopbackServer { $0.answer("200 OK", "x") }
        let (result, asked) = try await Self.fetch(
            "http://files.test:\(server.port)/", port: 443, names: ["files.test": [["127.0.0.1"]]])
        #expect(Self.failure(result) == .refused)
        #expect(asked.isEmpty)
        #expect(server.connections == 0)
    }

    @Test("Redirections are followed three times, relative ones too, and not a fourth time")
    func redirections() async throws {
        for (hops, isReached) in [(0, true), (3, true), (4, false)] {
            let server = LoopbackServer { peer in
                let path = peer.request()?.split(separator: " ")[1].dropFirst() ?? ""
                let left = Int(path) ?? 0
                let codes = ["301 Moved", "302 Found", "307 Temporary", "308 Permanent"]
                if left == 0 { return peer.answer("200 OK", "there") }
                peer.answer(codes[left % 4], "", headers: "Location: \(left - 1)\r\n")
            }
            let (result, _) = try await Self.fetch("http://127.0.0.1:\(server.port)/\(hops)", port: server.port)
            if isReached {
                #expect(try result.get().bytes == Array("there".utf8))
            } else {
                #expect(Self.failure(result) == .failed)
                #expect(server.connections == 4)
            }
        }
    }

    @Test(
        "A redirection to what is not allowed is refused, whatever it is",
        arguments: [
            "http://127.0.0.2/", "http://169.254.169.254/latest/meta-data/", "http://[::1]/", "http://[fd00:ec2::254]/",
            "file:///etc/passwd", "gopher://127.0.0.1/", "http://u:p@127.0.0.1/", "http://127.0.0.1:22/",
            "http://inner.test/",
            "//10.0.0.1/", "http://2852039166/",
        ])
    func badRedirections(location: String) async throws {
        let server = LoopbackServer { peer in
            _ = peer.request()
            peer.answer("302 Found", "", headers: "Location: \(location)\r\n")
        }
        let (result, _) = try await Self.fetch(
            "http://127.0.0.1:\(server.port)/", port: server.port, names: ["inner.test": [["192.168.1.1"]]])
        #expect(Self.failure(result) == .refused)
        #expect(server.connections == 1)
    }

    @Test("A loop of redirections ends")
    func loop() async throws {
        let server = LoopbackServer { peer in
            _ = peer.request()
            peer.answer("302 Found", "", headers: "Location: /\r\n")
        }
        let (result, _) = try await Self.fetch("http://127.0.0.1:\(server.port)/", port: server.port)
        #expect(Self.failure(result) == .failed)
        #expect(server.connections == 4)
    }

    @Test(
        "Answers that are no file fail",
        arguments: [
            "404 Not Found", "500 Oops", "204 No Content", "206 Partial Content", "300 Choices", "304 Not Modified",
            "401 Unauthorized",
        ])
    func statuses(status: String) async throws {
        let server = LoopbackServer { peer in
            _ = peer.request()
            peer.answer(status, "")
        }
        let (result, _) = try await Self.fetch("http://127.0.0.1:\(server.port)/", port: server.port)
        #expect(Self.failure(result) == .failed)
    }

    @Test("A compressed answer, which was not asked for, is not unpacked")
    func compressed() async throws {
        let seen = Mutex("")
        let server = LoopbackServer { peer in
            let request = peer.request() ?? ""
            seen.withLock { $0 = request }
            peer.answer("200 OK", "x", headers: "Content-Encoding: gzip\r\n")
        }
        let (result, _) = try await Self.fetch("http://127.0.0.1:\(server.port)/", port: server.port)
        #expect(Self.failure(result) == .failed)
        #expect(!seen.withLock { $0 }.lowercased().contains("accept-encoding"))
    }

    @Test("A file of 5 MiB is taken; one byte more is not, declared or not, and the connection is closed")
    func sizes() async throws {
        let limit = FetchPolicy.largestFile
        for (count, isDeclared, expected) in [
            (limit, true, nil), (limit, false, nil), (limit + 1, true, .tooLarge), (limit + 1, false, .tooLarge),
            (Int.max, true, .tooLarge),
        ] as [(Int, Bool, FetchError?)] {
            let server = LoopbackServer { peer in
                _ = peer.request()
                peer.write(
                    "HTTP/1.1 200 OK\r\n\(isDeclared ? "Content-Length: \(count)\r\n" : "Connection: close\r\n")\r\n")
                if count <= limit || !isDeclared { peer.write([UInt8](repeating: 7, count: min(count, limit + 1))) }
                if expected != nil { _ = peer.seesClose() }
            }
            let (result, _) = try await Self.fetch("http://127.0.0.1:\(server.port)/", port: server.port)
            if let expected {
                #expect(Self.failure(result) == expected, "\(count) \(isDeclared)")
            } else {
                #expect(try result.get().bytes == [UInt8](repeating: 7, count: count))
            }
        }
    }

    @Test("An endless answer ends at the limit")
    func endless() async throws {
        let sent = Atomic<Int>(0)
        let server = LoopbackServer { peer in
            _ = peer.request()
            peer.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            let chunk = "10000\r\n" + String(repeating: "x", count: 65_536) + "\r\n"
            while peer.write(chunk) { sent.add(65_536, ordering: .relaxed) }
        }
        let (result, _) = try await Self.fetch("http://127.0.0.1:\(server.port)/", port: server.port)
        #expect(Self.failure(result) == .tooLarge)
        let bytes = sent.load(ordering: .relaxed)
        #expect(bytes < 64 << 20)
    }

    @Test("What the request's other files have used is not there for this one")
    func budget() async throws {
        let server = LoopbackServer { peer in
            _ = peer.request()
            peer.answer("200 OK", "12345")
        }
        let url = "http://127.0.0.1:\(server.port)/"
        #expect(Self.failure(try await Self.fetch(url, port: server.port, budget: 4).result) == .tooMuch)
        #expect(try await Self.fetch(url, port: server.port, budget: 5).result.get().bytes.count == 5)
    }

    @Test("Time counts from the look-up to the last byte, over all redirections")
    func slow() async throws {
        let short = Duration.milliseconds(200)
        let silent = LoopbackServer { peer in
            _ = peer.request()
            _ = peer.seesClose()
        }
        let url = "http://127.0.0.1:\(silent.port)/"
        #expect(Self.failure(try await Self.fetch(url, port: silent.port, limit: short).result) == .timedOut)
        let dribbling = LoopbackServer { peer in
            _ = peer.request()
            peer.write("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
            while peer.write("x") { usleep(20_000) }
        }
        let dribble = try await Self.fetch("http://127.0.0.1:\(dribbling.port)/", port: dribbling.port, limit: short)
        #expect(Self.failure(dribble.result) == .timedOut)
        let named = try await Self.fetch(
            "http://files.test:\(silent.port)/", port: silent.port, limit: short, isSilent: true)
        #expect(Self.failure(named.result) == .timedOut)
        let turning = LoopbackServer { peer in
            _ = peer.request()
            usleep(150_000)
            peer.answer("302 Found", "", headers: "Location: /\r\n")
        }
        let turn = try await Self.fetch("http://127.0.0.1:\(turning.port)/", port: turning.port, limit: short)
        #expect(Self.failure(turn.result) == .timedOut)
    }

    @Test("A name that does not resolve, a closed port and an answer cut short fail alike")
    func failures() async throws {
        let cut = LoopbackServer { peer in
            _ = peer.request()
            peer.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")
        }
        #expect(Self.failure(try await Self.fetch("http://127.0.0.1:\(cut.port)/", port: cut.port).result) == .failed)
        let closed = LoopbackServer { _ in }
        #expect(
            Self.failure(try await Self.fetch("http://no.test:\(closed.port)/", port: closed.port).result) == .failed)
        #expect(Self.failure(try await Self.fetch("http://127.0.0.1:1/", port: 1).result) == .failed)
    }

    @Test("The next address of a host is tried when one refuses the connection")
    func nextAddress() async throws {
        let server = LoopbackServer { peer in
            _ = peer.request()
            peer.answer("200 OK", "second")
        }
        let (result, _) = try await Self.fetch(
            "http://files.test:\(server.port)/", port: server.port, networks: ["127.0.0.0/8"],
            names: ["files.test": [["127.0.0.9", "127.0.0.1"]]])
        #expect(try result.get().bytes == Array("second".utf8))
    }

    @Test(
        "A cancelled task ends the look-up, the wait for an answer and the reading of one at once",
        arguments: [0, 1, 2])
    func cancelled(stage: Int) async throws {
        let closed = Atomic<Bool>(false)
        let server = LoopbackServer { peer in
            _ = peer.request()
            if stage == 2 { peer.write("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nx") }
            closed.store(peer.seesClose(), ordering: .releasing)
        }
        let port = server.port
        let error: FetchError? = try await onLoop {
            let resolver = ScriptedResolver([:])
            resolver.isSilent = true
            let fetcher = GuardedFetcher(transport: try CurlTransport(userAgent: "brook/test"), resolver: resolver)
            var policy = FetchPolicy()
            policy.ports.insert(Int(port))
            policy.networks = [IPNetwork("127.0.0.1/32")].compactMap { $0 }
            let host = stage == 0 ? "files.test" : "127.0.0.1"
            let task = Task(executorPreference: EventLoop.shared) { @Sendable @LoopActor [policy] () -> FetchError? in
                do throws(FetchError) {
                    _ = try await fetcher.fetch("http://\(host):\(port)/", by: policy, within: FetchBudget(100_000))
                    return nil
                } catch {
                    return error
                }
            }
            for _ in 0..<400 where stage > 0 && server.connections == 0 {
                try await EventLoop.shared.sleep(for: .milliseconds(5))
            }
            try await EventLoop.shared.sleep(for: .milliseconds(50))
            task.cancel()
            return await task.value
        }
        #expect(error == .cancelled)
        if stage > 0 {
            for _ in 0..<400 where !closed.load(ordering: .acquiring) { usleep(5000) }
            let isClosed = closed.load(ordering: .acquiring)
            #expect(isClosed)
        }
    }

    @Test("The host's own resolver knows localhost, and nothing of names that do not exist")
    func systemResolver() async throws {
        let found = try await onLoop { await SystemResolver().addresses(of: "localhost") }
        let known: [IPAddress?] = [IPAddress("127.0.0.1"), IPAddress("::1")]
        #expect(try #require(found).allSatisfy(known.contains))
        #expect(try await onLoop { await SystemResolver().addresses(of: "no-such-host.invalid") } == nil)
        #expect(
            try await onLoop { await SystemResolver().addresses(of: "0x7f.1") }
                == [IPAddress("127.0.0.1")].compactMap { $0 })
    }
}
