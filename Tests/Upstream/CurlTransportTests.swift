import Core
import EventLoop
import Synchronization
import TestSupport
import Testing
import Upstream

@Suite struct CurlTransportTests {
    @LoopActor private static func transport() throws -> CurlTransport { try CurlTransport(userAgent: "brook/test") }

    private static func text(_ bytes: [UInt8]?) -> String? { bytes.map { String(decoding: $0, as: UTF8.self) } }

    @Test func `a call sends method, header fields and body, and gives status, header fields and body`() async throws {
        let seen = Mutex("")
        let server = LoopbackServer { peer in
            let request = peer.request() ?? ""
            seen.withLock { $0 = request }
            peer.answer("201 Created", "hello", headers: "X-Kind: a\r\nX-Kind: b\r\n")
        }
        let url = server.url
        let (status, kind, body) = try await onLoop {
            let request = TransportRequest(
                url: url + "/a%3Ab/../c?x=%20", headers: ["X-One": "1", "X-Empty": ""], body: Array("{}".utf8))
            let response = try await Self.transport().send(request)
            let body = try await response.collect(limit: 100)
            return (response.status, response.headers["x-kind"], Self.text(body))
        }
        #expect(status == 201)
        #expect(kind == "a")
        #expect(body == "hello")
        let request = seen.withLock { $0 }
        #expect(request.hasPrefix("POST /a%3Ab/../c?x=%20 HTTP/1.1\r\n"))
        #expect(request.contains("X-One: 1\r\n"))
        #expect(request.contains("X-Empty:\r\n"))
        #expect(request.contains("User-Agent: brook/test\r\n"))
        #expect(!request.contains("Expect"))
        #expect(request.hasSuffix("\r\n\r\n{}"))
    }

    @Test func `header values cannot add header fields`() async throws {
        let seen = Mutex("")
        let server = LoopbackServer { peer in
            let request = peer.request() ?? ""
            seen.withLock { $0 = request }
            peer.answer("200 OK", "")
        }
        let url = server.url
        try await onLoop {
            let request = TransportRequest(method: "GET", url: url, headers: ["X-One": "1\r\nX-Two: 2"])
            _ = try await Self.transport().send(request)
        }
        #expect(seen.withLock { $0 }.contains("X-One: 1X-Two: 2\r\n"))
    }

    @Test func `the first chunk is there before the second is sent`() async throws {
        let mayGoOn = Atomic<Bool>(false)
        let server = LoopbackServer { peer in
            _ = peer.request()
            peer.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            peer.chunk("one")
            while !mayGoOn.load(ordering: .acquiring) {}
            peer.chunk("two")
            peer.write("0\r\n\r\n")
        }
        let url = server.url
        let pieces = try await onLoop {
            let response = try await Self.transport().send(TransportRequest(url: url))
            let first = try await response.next()
            mayGoOn.store(true, ordering: .releasing)
            let second = try await response.next()
            let end = try await response.next()
            return [Self.text(first), Self.text(second), Self.text(end)]
        }
        #expect(pieces == ["one", "two", nil])
    }

    @Test func `connections are used again, and several calls run at once`() async throws {
        let server = LoopbackServer { peer in
            while let request = peer.request() { peer.answer("200 OK", request.hasPrefix("POST /1") ? "one" : "other") }
        }
        let url = server.url
        let connections = try await onLoop {
            let transport = try Self.transport()
            for _ in 0..<5 {
                let response = try await transport.send(TransportRequest(url: url + "/1"))
                #expect(Self.text(try await response.collect(limit: 10)) == "one")
            }
            let sequential = server.connections
            let tasks = (0..<8).map { _ in
                Task(executorPreference: EventLoop.shared) { @Sendable @LoopActor in
                    let response = try await transport.send(TransportRequest(url: url + "/2"))
                    return Self.text(try await response.collect(limit: 10))
                }
            }
            for task in tasks { #expect(try await task.value == "other") }
            #expect(transport.active == 0)
            return sequential
        }
        #expect(connections == 1)
    }

    @Test func `a connection is used again while more calls run than idle connections are kept`() async throws {
        let server = LoopbackServer { peer in
            while let request = peer.request() {
                if request.hasPrefix("POST /open") {
                    peer.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
                    peer.chunk("part")
                } else {
                    peer.answer("200 OK", "done")
                }
            }
        }
        let url = server.url
        let connections = try await onLoop {
            let transport = try Self.transport()
            var open: [any TransportResponse] = []
            for _ in 0..<300 { open.append(try await transport.send(TransportRequest(url: url + "/open"))) }
            for _ in 0..<5 {
                let response = try await transport.send(TransportRequest(url: url + "/done"))
                #expect(Self.text(try await response.collect(limit: 10)) == "done")
            }
            let connections = server.connections
            for response in open { response.cancel() }
            return connections
        }
        #expect(connections == 301)
    }

    @Test func `a call takes nothing over from the calls before it on the same handle`() async throws {
        let seen = Mutex<[String]>([])
        let server = LoopbackServer { peer in
            while let request = peer.request() {
                seen.withLock { $0.append(request) }
                peer.answer("200 OK", "")
            }
        }
        let url = server.url
        let large = [UInt8](repeating: UInt8(ascii: "l"), count: 70_000)
        let requests = [
            TransportRequest(url: url + "/1", headers: ["X-One": "1"], body: Array("first".utf8)),
            TransportRequest(method: "GET", url: url + "/2"),
            TransportRequest(url: url + "/3", headers: ["X-One": "1"], body: large),
            TransportRequest(url: url + "/4", headers: ["X-One": "1"], body: Array("4".utf8)),
            TransportRequest(method: "PUT", url: url + "/5", headers: ["X-Two": "2"], body: Array("fifth".utf8)),
            TransportRequest(url: url + "/6"),
        ]
        try await onLoop {
            let transport = try Self.transport()
            for request in requests {
                let response = try await transport.send(request)
                #expect(try await response.collect(limit: 10).isEmpty)
            }
        }
        let received = seen.withLock { $0 }
        let methods = ["POST /1", "GET /2", "POST /3", "POST /4", "PUT /5", "POST /6"]
        #expect(received.map { $0.split(separator: " ").prefix(2).joined(separator: " ") } == methods)
        #expect(received.map { $0.contains("X-One: 1\r\n") } == [true, false, true, true, false, false])
        #expect(received.map { $0.contains("X-Two: 2\r\n") } == [false, false, false, false, true, false])
        let lengths = received.map { text in
            text.split(separator: "\r\n").first { $0.hasPrefix("Content-Length: ") }.map { String($0.dropFirst(16)) }
        }
        #expect(lengths == ["5", nil, "70000", "1", "5", "0"])
        let bodies = received.map { $0.split(separator: "\r\n\r\n", maxSplits: 1).dropFirst().joined() }
        #expect(bodies == ["first", "", String(decoding: large, as: UTF8.self), "4", "fifth", ""])
    }

    @Test func `the answer's header fields are those behind the last status line, as they were sent`() async throws {
        let server = LoopbackServer { peer in
            _ = peer.request()
            peer.write(
                "HTTP/1.1 103 Early Hints\r\nX-Early: 1\r\n\r\nHTTP/1.1 200 OK\r\nX-Colons: a:b: c\r\n"
                    + "X-Space: \t padded\r\nX-Empty:\r\nContent-Length: 0\r\n\r\n")
        }
        let url = server.url
        let headers = try await onLoop {
            try await Self.transport().send(TransportRequest(method: "GET", url: url)).headers
        }
        #expect(headers["x-early"] == nil)
        #expect(headers["x-colons"] == "a:b: c")
        #expect(headers["x-space"] == "padded")
        #expect(headers["x-empty"] == "")
        #expect(headers.fields.map(\.name) == ["X-Colons", "X-Space", "X-Empty", "Content-Length"])
    }

    @Test func `a body that is cut short gives its bytes and then an error`() async throws {
        for isReset in [false, true] {
            let server = LoopbackServer { peer in
                _ = peer.request()
                peer.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
                peer.chunk("part")
                // The reader has the part when it asks on the same connection's behalf; a reset drops what is unread.
                _ = isReset ? peer.waitUntilRead() : true
                if isReset { peer.reset() }
            }
            let url = server.url
            try await onLoop {
                let response = try await Self.transport().send(TransportRequest(url: url))
                #expect(Self.text(try await response.next()) == "part")
                await #expect { _ = try await response.next() } throws: { error in
                    if case .cut = error as? TransportError { true } else { false }
                }
            }
        }
    }

    @Test func `an answer that never comes ends at the first-byte deadline, a silent body at the idle deadline`()
        async throws
    {
        let server = LoopbackServer { peer in
            let request = peer.request() ?? ""
            if request.hasPrefix("POST /idle") {
                peer.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")
            }
            _ = peer.seesClose()
        }
        let url = server.url
        try await onLoop {
            let transport = try Self.transport()
            let deadlines = Deadlines(firstByte: .milliseconds(50))
            await #expect(throws: TransportError.timeout(.firstByte)) {
                _ = try await transport.send(TransportRequest(url: url + "/first", deadlines: deadlines))
            }
            let silent = Deadlines(idle: .milliseconds(50))
            let response = try await transport.send(TransportRequest(url: url + "/idle", deadlines: silent))
            #expect(Self.text(try await response.next()) == "abc")
            await #expect(throws: TransportError.timeout(.idle)) { _ = try await response.next() }
            let total = Deadlines(total: .milliseconds(50))
            await #expect(throws: TransportError.timeout(.total)) {
                _ = try await transport.send(TransportRequest(url: url + "/first", deadlines: total))
            }
            #expect(transport.active == 0)
        }
    }

    @Test func `a refused connection, an unknown scheme and a missing host are told apart`() async throws {
        let server = LoopbackServer { _ in }
        server.stop()
        let closed = server.url
        try await onLoop {
            let transport = try Self.transport()
            await #expect { _ = try await transport.send(TransportRequest(url: closed)) } throws: { error in
                if case .connect = error as? TransportError { true } else { false }
            }
            await #expect { _ = try await transport.send(TransportRequest(url: "file:///etc/passwd")) } throws: {
                error in
                if case .badRequest = error as? TransportError { true } else { false }
            }
        }
    }

    @Test func `cancelling closes the provider's connection, before and after the answer began`() async throws {
        let closes = Atomic<Int>(0)
        let server = LoopbackServer { peer in
            let request = peer.request() ?? ""
            if request.hasPrefix("POST /body") { peer.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc") }
            if peer.seesClose() { closes.add(1, ordering: .sequentiallyConsistent) }
        }
        let url = server.url
        try await onLoop {
            let transport = try Self.transport()
            let task = Task(executorPreference: EventLoop.shared) { @Sendable @LoopActor in
                do {
                    _ = try await transport.send(TransportRequest(url: url + "/head"))
                    return false
                } catch TransportError.cancelled {
                    return true
                }
            }
            while server.connections < 1 { try await EventLoop.shared.sleep(for: .milliseconds(1)) }
            task.cancel()
            #expect(try await task.value)
            let response = try await transport.send(TransportRequest(url: url + "/body"))
            #expect(Self.text(try await response.next()) == "abc")
            response.cancel()
            response.cancel()
            await #expect(throws: TransportError.cancelled) { _ = try await response.next() }
            for _ in 0..<1000 where closes.load(ordering: .sequentiallyConsistent) < 2 {
                try await EventLoop.shared.sleep(for: .milliseconds(5))
            }
            #expect(transport.active == 0)
        }
        #expect(closes.load(ordering: .sequentiallyConsistent) == 2)
    }

    @Test func `a reader that waits makes the provider wait, and then gets every byte`() async throws {
        let sent = Atomic<Int>(0)
        let piece = String(repeating: "x", count: 65_536)
        let server = LoopbackServer { peer in
            _ = peer.request()
            peer.write("HTTP/1.1 200 OK\r\nContent-Length: \(65_536 * 256)\r\n\r\n")
            for _ in 0..<256 {
                guard peer.write(piece) else { return }
                sent.add(65_536, ordering: .relaxed)
            }
        }
        let url = server.url
        let (stalledAt, received) = try await onLoop {
            let response = try await Self.transport().send(TransportRequest(url: url))
            // Wait until the sender makes no more progress.
            var last = -1
            while sent.load(ordering: .relaxed) != last {
                last = sent.load(ordering: .relaxed)
                try await EventLoop.shared.sleep(for: .milliseconds(100))
            }
            var received = 0
            while let bytes = try await response.next() { received += bytes.count }
            return (last, received)
        }
        #expect(stalledAt < 65_536 * 256)
        #expect(received == 65_536 * 256)
    }

    @Test func `a request that a kept connection did not take to its end is sent again on a new one`() async throws {
        let whole = Mutex<[Int]>([])
        let server = LoopbackServer { peer in
            guard let request = peer.request() else { return }
            whole.withLock { $0.append(request.utf8.count) }
            peer.answer("200 OK", "ok")
            // Closing on what was not read resets the connection while the client is still sending.
            peer.takeSome()
        }
        let url = server.url
        try await onLoop {
            let transport = try Self.transport()
            for length in [10, 8_000_000] {
                let body = [UInt8](repeating: UInt8(ascii: "a"), count: length)
                let response = try await transport.send(TransportRequest(url: url, body: body))
                #expect(Self.text(try await response.collect(limit: 10)) == "ok")
            }
        }
        #expect(server.connections == 2)
        #expect(whole.withLock { $0 }.map { $0 > 8_000_000 } == [false, true])
    }

    @Test func `a large request body arrives whole, also when the kept connection had died`() async throws {
        let lengths = Mutex<[Int]>([])
        let server = LoopbackServer { peer in
            guard let request = peer.request() else { return }
            lengths.withLock { $0.append(request.utf8.count) }
            peer.answer("200 OK", "ok")
            // Closing here leaves a dead connection in the pool.
        }
        let url = server.url
        try await onLoop {
            let transport = try Self.transport()
            for _ in 0..<3 {
                let body = [UInt8](repeating: UInt8(ascii: "a"), count: 3_000_000)
                let response = try await transport.send(TransportRequest(url: url, body: body))
                #expect(Self.text(try await response.collect(limit: 10)) == "ok")
            }
        }
        #expect(lengths.withLock { $0 }.allSatisfy { $0 > 3_000_000 })
        #expect(lengths.withLock { $0.count } == 3)
    }

    @Test func `a body beyond the caller's limit is refused`() async throws {
        let server = LoopbackServer { peer in
            _ = peer.request()
            peer.answer("200 OK", String(repeating: "x", count: 1000))
        }
        let url = server.url
        try await onLoop {
            let response = try await Self.transport().send(TransportRequest(url: url))
            await #expect(throws: TransportError.tooLarge) { _ = try await response.collect(limit: 999) }
        }
    }
}
