internal import EventLoop
internal import Settings

/// What a worker runs: the gateway with everything that it is made of.
@LoopActor
protocol Application: AnyObject {
    /// Goes by changed settings from the next request on, as far as that is possible without a restart.
    func adopt(_ settings: Settings)

    /// Gives back what processes that are gone left held, and memory that is no longer needed. Called every 10 seconds.
    func sweep()

    /// Takes no new requests, waits until the running ones have ended, cuts them off at the limit, and closes storage.
    func drain(limit: Duration) async

    /// While draining: cuts off what still runs, without waiting for the limit.
    func cutOff()
}
