import Core
import EventLoop
import FastCGI
import Glibc
import Synchronization
import TestSupport
import Testing

@Suite struct FastCGIDrainTests {
    @Test func `draining lets the request under way end and takes no new connection`() async throws {
        let folder = TemporaryDirectory()
        let path = folder.file("s")
        let listener = listenOnUnixSocket(path)
        let began = Atomic<Bool>(false)
        let client = FastCGIClient(path: path)
        client.request("GET", "/")
        try await onLoop {
            let server = try FastCGIServer(
                listener: listener, metrics: NoMetrics(), makeRequestID: { "made" }
            ) { exchange in
                began.store(true, ordering: .releasing)
                try? await EventLoop.shared.sleep(for: .milliseconds(50))
                try? await exchange.respond(HTTPResponse(status: 200, body: Array("late".utf8)))
            }
            try server.start()
            while !began.load(ordering: .acquiring) { try await EventLoop.shared.sleep(for: .milliseconds(1)) }
            let answer = Task.detached {
                let answer = client.answer()
                client.close()
                return answer
            }
            await server.drain(limit: .seconds(5))
            #expect(server.active == 0)
            let received = await answer.value
            #expect(received.body == "late" && received.isComplete)
        }
        close(listener)
    }

    @Test func `draining cancels at its limit what still runs, and waits until that has ended`() async throws {
        let folder = TemporaryDirectory()
        let path = folder.file("s")
        let listener = listenOnUnixSocket(path)
        let began = Atomic<Bool>(false)
        let settled = Atomic<Bool>(false)
        let client = FastCGIClient(path: path)
        let idle = FastCGIClient(path: path)
        client.request("GET", "/")
        try await onLoop {
            let server = try FastCGIServer(
                listener: listener, metrics: NoMetrics(), makeRequestID: { "made" }
            ) { _ in
                began.store(true, ordering: .releasing)
                try? await EventLoop.shared.sleep(for: .seconds(60))
                #expect(Task.isCancelled)
                settled.store(true, ordering: .releasing)
            }
            try server.start()
            while !began.load(ordering: .acquiring) { try await EventLoop.shared.sleep(for: .milliseconds(1)) }
            await server.drain(limit: .milliseconds(20))
            let hasEnded = settled.load(ordering: .acquiring)
            #expect(hasEnded)
            #expect(server.active == 0)
        }
        #expect(client.seesClose())
        #expect(!idle.seesClose(), "first it is asked to close")
        #expect(idle.seesClose())
        close(listener)
    }

    @Test func `what drains is cut off at once when that is asked for, and has ended when draining has`() async throws {
        let folder = TemporaryDirectory()
        let path = folder.file("s")
        let listener = listenOnUnixSocket(path)
        let began = Atomic<Bool>(false)
        let settled = Atomic<Bool>(false)
        let client = FastCGIClient(path: path)
        client.request("GET", "/")
        try await onLoop {
            let server = try FastCGIServer(
                listener: listener, metrics: NoMetrics(), makeRequestID: { "made" }
            ) { _ in
                began.store(true, ordering: .releasing)
                try? await EventLoop.shared.sleep(for: .seconds(60))
                #expect(Task.isCancelled)
                settled.store(true, ordering: .releasing)
            }
            try server.start()
            server.cutOff()
            while !began.load(ordering: .acquiring) { try await EventLoop.shared.sleep(for: .milliseconds(1)) }
            EventLoop.shared.schedule(after: .milliseconds(20)) { server.cutOff() }
            let start = ContinuousClock.now
            await server.drain(limit: .seconds(50))
            #expect(start.duration(to: .now) < .seconds(10))
            let hasEnded = settled.load(ordering: .acquiring)
            #expect(hasEnded, "and not before draining: then it is no more than a request")
        }
        #expect(client.seesClose())
        close(listener)
    }
}
