import Core
import EventLoop
import FastCGI
import Glibc
import Synchronization
import TestSupport
import Testing

@Suite struct FastCGIServerTests {
    /// Runs `handler` behind a socket of its own, and `body` against it on another thread.
    private func serve<Result: Sendable>(
        _ handler: @escaping FastCGIServer.Handler, groupsWrites: Bool = true,
        _ body: @escaping @Sendable (String) -> Result
    ) async throws -> Result {
        let folder = TemporaryDirectory()
        let path = folder.file("s")
        let listener = listenOnUnixSocket(path)
        let server = try await onLoop {
            let server = try FastCGIServer(
                listener: listener, metrics: NoMetrics(), makeRequestID: { "made" }, groupsWrites: groupsWrites,
                handler: handler)
            try server.start()
            return Held(server)
        }
        let result = await HelperPool(name: "client", threads: 1).run { body(path) }
        try await onLoop {
            await server.value.drain(limit: .seconds(5))
            #expect(server.value.active == 0)
        }
        close(listener)
        return result
    }

    @Test func `a request arrives with method, decoded path, query, header fields and id`() async throws {
        let answer = try await serve({ exchange in
            let request = exchange.request
            let query = request.query.map { "\($0.name)=\($0.value)" }.joined(separator: ";")
            let text = [
                request.method, request.path, query, request.headers["X-Api-Key"] ?? "", request.id,
                request.remoteAddress,
            ].joined(separator: "|")
            try? await exchange.respond(
                HTTPResponse(status: 201, headers: ["X-A": "1\r\nX-B: 2"], body: Array(text.utf8)))
        }) { path in
            let client = FastCGIClient(path: path)
            client.request(
                "GET", "/v1/models/a%2Fb%zz?q=%E4%BD%A0+x&empty=&alone",
                headers: ["HTTP_X_API_KEY": "k", "REMOTE_ADDR": "::1"])
            return client.answer()
        }
        #expect(answer.isComplete)
        #expect(answer.status == "Status: 201 Created")
        #expect(answer.head.contains("X-A: 1X-B: 2\r\n"))
        #expect(answer.body == "GET|/v1/models/a/b%zz|q=\u{4f60} x;empty=;alone=|k|test-1|::1")
    }

    @Test func `a request without a fit id gets one`() async throws {
        let answer = try await serve({ exchange in
            try? await exchange.respond(HTTPResponse(status: 200, body: Array(exchange.request.id.utf8)))
        }) { path in
            let client = FastCGIClient(path: path)
            client.request("GET", "/", headers: ["REQUEST_ID": "a b"])
            return client.answer()
        }
        #expect(answer.body == "made")
    }

    @Test(arguments: [0, 1, 65_535, 65_536, 65_537, 3_000_000])
    func `a body arrives whole and the connection carries the next request`(size: Int) async throws {
        let answers = try await serve({ exchange in
            do throws(GatewayError) {
                let body = try await exchange.body(limit: 4_000_000)
                try? await exchange.respond(
                    HTTPResponse(status: 200, body: Array("\(body.count) \(Set(body).count)".utf8)))
            } catch {
                try? await exchange.respond(HTTPResponse(status: error.status))
            }
        }) { path in
            let client = FastCGIClient(path: path)
            return (0..<3).map { _ in
                client.request("POST", "/", body: [UInt8](repeating: 7, count: size))
                return client.answer()
            }
        }
        #expect(answers.allSatisfy { $0.isComplete && $0.body == "\(size) \(min(size, 1))" })
    }

    @Test(arguments: [0, 4096, 20_000, 65_536, 200_000, 2_000_000])
    func `an answer that ignores the body leaves the connection fit for the next request`(size: Int) async throws {
        let answers = try await serve({ exchange in
            try? await exchange.respond(HTTPResponse(status: 401, body: Array("no".utf8)))
        }) { path in
            let client = FastCGIClient(path: path)
            return (0..<4).map { _ in
                client.request("POST", "/", body: [UInt8](repeating: 7, count: size))
                return client.answer()
            }
        }
        #expect(answers.allSatisfy { $0.isComplete && $0.status == "Status: 401 Unauthorized" && $0.body == "no" })
    }

    @Test func `a body beyond the limit is refused with 413 and the connection stays`() async throws {
        let answers = try await serve({ exchange in
            do throws(GatewayError) {
                _ = try await exchange.body(limit: 1000)
            } catch {
                try? await exchange.respond(HTTPResponse(status: error.status))
            }
        }) { path in
            let client = FastCGIClient(path: path)
            return (0..<2).map { _ in
                client.request("POST", "/", body: [UInt8](repeating: 7, count: 1001))
                return client.answer()
            }
        }
        #expect(answers.map(\.status) == ["Status: 413 Content Too Large", "Status: 413 Content Too Large"])
    }

    @Test func `each written piece reaches the client before the next is written`() async throws {
        let mayGoOn = Atomic<Bool>(false)
        let pieces = try await serve({ exchange in
            do throws(ClientGone) {
                try await exchange.begin(HTTPResponse.Head(status: 200))
                try await exchange.write(Array("one".utf8))
                while !mayGoOn.load(ordering: .acquiring) { try? await EventLoop.shared.sleep(for: .milliseconds(1)) }
                try await exchange.write(Array("two".utf8))
                try await exchange.end()
            } catch {}
        }) { path in
            let client = FastCGIClient(path: path)
            client.request("GET", "/")
            let first = client.output()
            mayGoOn.store(true, ordering: .releasing)
            return [first, client.output()]
        }
        #expect(pieces == ["Status: 200 OK\r\n\r\none", "two"])
    }

    @Test func `a client that leaves cancels the task, and a write after that throws`() async throws {
        let outcome = Mutex("")
        _ = try await serve({ exchange in
            do {
                try await EventLoop.shared.sleep(for: .seconds(30))
            } catch {
                do throws(ClientGone) {
                    #expect(throws: ClientGone.self) { _ = try exchange.offer([1]) }
                    try await exchange.write([1])
                    outcome.withLock { $0 = "written" }
                } catch {
                    outcome.withLock { $0 = "gone" }
                }
            }
        }) { path in
            let client = FastCGIClient(path: path)
            client.request("GET", "/")
            usleep(20_000)
            client.close()
            for _ in 0..<1000 where outcome.withLock({ $0.isEmpty }) { usleep(5000) }
        }
        #expect(outcome.withLock { $0 } == "gone")
    }

    @Test func `a client that does not read holds up its own answer only, and gets all of it when it reads`()
        async throws
    {
        let total = 8_000_000
        let slowDone = Atomic<Bool>(false)
        let (fast, slowWasHeld, slow) = try await serve({ exchange in
            do throws(ClientGone) {
                guard exchange.request.path == "/slow" else {
                    try await exchange.respond(HTTPResponse(status: 200, body: Array("quick".utf8)))
                    return
                }
                try await exchange.begin(HTTPResponse.Head(status: 200))
                for _ in 0..<80 { try await exchange.write([UInt8](repeating: UInt8(ascii: "x"), count: total / 80)) }
                slowDone.store(true, ordering: .releasing)
            } catch {}
        }) { path in
            let slow = FastCGIClient(path: path)
            slow.request("GET", "/slow")
            let fast = (0..<20).map { _ in
                let client = FastCGIClient(path: path)
                client.request("GET", "/fast")
                return client.answer().body
            }
            let wasHeld = !slowDone.load(ordering: .acquiring)
            return (fast, wasHeld, slow.answer())
        }
        #expect(fast.allSatisfy { $0 == "quick" })
        #expect(slowWasHeld)
        #expect(slow.isComplete && slow.body.utf8.count == total)
    }

    @Test func `a piece is taken without waiting until the client's socket is full, and none is lost or doubled`()
        async throws
    {
        let refused = Atomic<Bool>(false)
        let wasTakenFirst = Atomic<Bool>(false)
        let answer = try await serve({ exchange in
            do throws(ClientGone) {
                try await exchange.begin(HTTPResponse.Head(status: 200))
                for number in 0..<40_000 {
                    let piece = Array("piece \(number)\n".utf8)
                    if try exchange.offer(piece) {
                        if number == 0 { wasTakenFirst.store(true, ordering: .releasing) }
                        continue
                    }
                    refused.store(true, ordering: .releasing)
                    try await exchange.write(piece)
                }
            } catch {}
        }) { path in
            let client = FastCGIClient(path: path)
            client.request("GET", "/")
            for _ in 0..<2000 where !refused.load(ordering: .acquiring) { usleep(5000) }
            return client.answer()
        }
        let (tookFirst, refusedLater) = (wasTakenFirst.load(ordering: .acquiring), refused.load(ordering: .acquiring))
        #expect(tookFirst && refusedLater)
        #expect(answer.isComplete)
        #expect(answer.body == (0..<40_000).map { "piece \($0)\n" }.joined())
    }

    @Test(arguments: [true, false])
    func `answers of one turn arrive whole, large and small, also where a client among them has left`(
        grouped: Bool
    ) async throws {
        let count = 90
        let waiting = Mutex<[CheckedContinuation<Void, Never>]>([])
        // From small to more than one system call takes.
        @Sendable func size(_ index: Int) -> Int { index % 10 == 0 ? 200_000 : 10 + index }
        let answers = try await serve(
            { exchange in
                let index = Int(exchange.request.query[0].value) ?? 0
                if exchange.request.path == "/together" {
                    await withCheckedContinuation { continuation in
                        let all = waiting.withLock { waiting in
                            waiting.append(continuation)
                            return waiting.count == count ? waiting : []
                        }
                        for one in all { one.resume() }
                    }
                }
                let body = [UInt8](repeating: UInt8(ascii: "a") + UInt8(index % 26), count: size(index))
                try? await exchange.respond(HTTPResponse(status: 200, body: body))
            }, groupsWrites: grouped
        ) { path in
            let clients = (0..<count).map { _ in FastCGIClient(path: path) }
            for (index, client) in clients.enumerated().dropLast() {
                client.request("GET", "/together?index=\(index)")
            }
            for _ in 0..<2000 where waiting.withLock({ $0.count }) < count - 1 { usleep(5000) }
            for client in clients.dropLast().enumerated() where client.offset % 7 == 0 { client.element.close() }
            clients[count - 1].request("GET", "/together?index=\(count - 1)")
            return clients.enumerated().map { index, client in
                guard index == count - 1 || index % 7 != 0 else { return true }
                for round in 0..<2 {
                    // The connection carries the next request.
                    if round > 0 { client.request("GET", "/alone?index=\(index)") }
                    let answer = client.answer()
                    let letter = UInt8(ascii: "a") + UInt8(index % 26)
                    guard answer.isComplete, answer.body.utf8.count == size(index),
                        answer.body.utf8.allSatisfy({ $0 == letter })
                    else { return false }
                }
                return true
            }
        }
        #expect(answers.count == count && answers.allSatisfy { $0 })
    }

    @Test func `malformed records close the connection and harm no other`() async throws {
        let (closes, answer) = try await serve({ exchange in
            try? await exchange.respond(HTTPResponse(status: 200, body: Array("fine".utf8)))
        }) { path in
            let broken: [[UInt8]] = [
                [9, 9, 9, 9, 9, 9, 9, 9], Array("GET / HTTP/1.1\r\n\r\n".utf8),
                FastCGIClient.record(5, [1, 2, 3]), FastCGIClient.record(1, [0, 9, 1, 0, 0, 0, 0, 0]),
            ]
            let closes = broken.map { bytes in
                let client = FastCGIClient(path: path)
                client.write(bytes)
                return client.seesClose()
            }
            let client = FastCGIClient(path: path)
            client.request("GET", "/")
            return (closes, client.answer())
        }
        #expect(closes == [true, true, true, true])
        #expect(answer.body == "fine")
    }

    @Test func `a connection that nginx does not keep is closed after its answer`() async throws {
        let isClosed = try await serve({ exchange in
            try? await exchange.respond(HTTPResponse(status: 200))
        }) { path in
            let client = FastCGIClient(path: path)
            client.request("GET", "/", keep: false)
            return client.answer().isComplete && client.seesClose()
        }
        #expect(isClosed)
    }

    @Test func `an answer to HEAD has the length but no body`() async throws {
        let answer = try await serve({ exchange in
            try? await exchange.respond(HTTPResponse(status: 200, body: Array("four".utf8)))
        }) { path in
            let client = FastCGIClient(path: path)
            client.request("HEAD", "/")
            return client.answer()
        }
        #expect(answer.head.contains("Content-Length: 4"))
        #expect(answer.body.isEmpty && answer.isComplete)
    }

    @Test func `a descriptor that does not listen is refused with the way to start`() async throws {
        try await onLoop {
            let pair = open("/dev/null", O_RDONLY)
            defer { close(pair) }
            #expect {
                _ = try FastCGIServer(listener: pair, metrics: NoMetrics(), makeRequestID: { "" }) { _ in }
            } throws: {
                "\($0)".contains("spawn-fcgi")
            }
        }
    }
}

/// Carries a loop-isolated object through a test's own thread, which does not touch it.
private struct Held<Value>: @unchecked Sendable {
    let value: Value
    init(_ value: Value) { self.value = value }
}
