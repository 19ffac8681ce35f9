import EventLoop
import Glibc
import TestSupport
import Testing

/// Each in a process of its own: the runtime is told once for all.
@Suite struct GlobalExecutorTests {
    @Test func `a process whose global executor is the loop runs every task there, whoever resumes it`() async {
        await #expect(processExitsWith: .success) {
            EventLoop.shared.becomeGlobalExecutor()
            let pool = HelperPool(name: "resumers", threads: 2)
            LoopActor.start {
                var places = [EventLoop.shared.isCurrent]
                // Resumed by another thread, and by this one.
                await pool.run { Void() }
                places.append(EventLoop.shared.isCurrent)
                try? await EventLoop.shared.sleep(for: .milliseconds(1))
                places.append(EventLoop.shared.isCurrent)
                // Tasks that are isolated to nothing.
                places.append(await Task.detached { EventLoop.shared.isCurrent }.value)
                await withTaskGroup(of: Bool.self) { group in
                    for _ in 0..<20 {
                        group.addTask {
                            await pool.run { Void() }
                            return EventLoop.shared.isCurrent
                        }
                    }
                    for await place in group { places.append(place) }
                }
                exit(places.count == 24 && places.allSatisfy { $0 } ? EXIT_SUCCESS : EXIT_FAILURE)
            }
            EventLoop.shared.run()
        }
    }

    @Test func `a task that is cancelled while another thread works for it ends on the loop`() async {
        await #expect(processExitsWith: .success) {
            EventLoop.shared.becomeGlobalExecutor()
            LoopActor.start {
                let sleeper = LoopActor.start { () -> Bool in
                    do { try await EventLoop.shared.sleep(for: .seconds(600)) } catch {
                        return EventLoop.shared.isCurrent
                    }
                    return false
                }
                await HelperPool.shared.run { sleeper.cancel() }
                exit(await sleeper.value ? EXIT_SUCCESS : EXIT_FAILURE)
            }
            EventLoop.shared.run()
        }
    }
}
