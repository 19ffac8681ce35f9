import EventLoop
import Testing

@testable import Gateway

@Suite("A circuit")
struct CircuitTests {
    private func after(_ duration: Duration) -> UInt64 { 1_000_000_000 + duration.nanosecondsClamped }

    private func expect(_ circuit: inout Circuit, fails time: UInt64, opening: Bool) {
        let opened = circuit.failed(at: time)
        #expect(opened == opening)
    }

    @Test("cools down after each failure, for longer each time")
    func cooldown() {
        var circuit = Circuit()
        #expect(circuit.isAvailable(at: 0))
        expect(&circuit, fails: after(.zero), opening: false)
        #expect(!circuit.isAvailable(at: after(.milliseconds(499))))
        #expect(circuit.isAvailable(at: after(.milliseconds(500))))
        expect(&circuit, fails: after(.seconds(1)), opening: false)
        #expect(!circuit.isAvailable(at: after(.milliseconds(1999))))
        #expect(circuit.isAvailable(at: after(.seconds(2))))
        #expect(!circuit.isOpen)
    }

    @Test("opens after five failures in a row, then lets one call try, and opens for longer when that fails")
    func opening() {
        var circuit = Circuit()
        for _ in 1..<Circuit.threshold { expect(&circuit, fails: after(.zero), opening: false) }
        expect(&circuit, fails: after(.zero), opening: true)
        #expect(circuit.isOpen)
        // Of calls that had begun before.
        for _ in 0..<300 { expect(&circuit, fails: after(.seconds(1)), opening: false) }
        #expect(!circuit.isAvailable(at: after(.milliseconds(14_999))))
        #expect(circuit.isAvailable(at: after(.seconds(15))))

        circuit.begin(at: after(.seconds(15)))
        #expect(!circuit.isAvailable(at: after(.seconds(15))))
        expect(&circuit, fails: after(.seconds(16)), opening: true)
        #expect(!circuit.isAvailable(at: after(.milliseconds(45_999))))
        #expect(circuit.isAvailable(at: after(.seconds(46))))

        circuit.begin(at: after(.seconds(46)))
        circuit.abandon()
        #expect(circuit.isAvailable(at: after(.seconds(46))))
    }

    @Test("never opens for throttling, which cools down as long as the provider asks, up to a minute")
    func throttling() {
        var circuit = Circuit()
        for _ in 0..<300 { circuit.throttled(at: after(.zero), retryAfter: nil) }
        #expect(!circuit.isOpen)
        #expect(!circuit.isAvailable(at: after(.milliseconds(999))))
        #expect(circuit.isAvailable(at: after(.seconds(1))))
        circuit.throttled(at: after(.seconds(1)), retryAfter: nil)
        #expect(!circuit.isAvailable(at: after(.milliseconds(2999))))
        circuit.throttled(at: after(.seconds(2)), retryAfter: 7)
        #expect(!circuit.isAvailable(at: after(.milliseconds(8999))))
        #expect(circuit.isAvailable(at: after(.seconds(9))))
        circuit.throttled(at: after(.seconds(10)), retryAfter: 3600)
        #expect(circuit.isAvailable(at: after(.seconds(70))))
    }

    @Test("does not stay open for more than five minutes at a time")
    func longest() {
        var circuit = Circuit()
        var now = after(.zero)
        for _ in 0..<Circuit.threshold { _ = circuit.failed(at: now) }
        for _ in 0..<20 {
            now = circuit.readyAt
            circuit.begin(at: now)
            expect(&circuit, fails: now, opening: true)
        }
        #expect(circuit.readyAt - now == Duration.seconds(300).nanosecondsClamped)
    }
}
