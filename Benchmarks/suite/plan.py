"""How much is measured: a short plan for every day, a full one for the committed results."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Streams:
    """Streams of `chunks` chunks, `pause_ms` apart, opened over `ramp` seconds."""

    count: int
    ramp: float
    chunks: int
    pause_ms: int

    @property
    def script(self) -> str:
        return f"bench-{self.chunks}x{self.pause_ms}"

    @property
    def seconds(self) -> float:
        return self.chunks * self.pause_ms / 1000

    @property
    def limit(self) -> float:
        """When a run is given up: a stream that is this late is as good as lost."""
        return self.ramp + self.seconds + 20


@dataclass(frozen=True)
class Plan:
    name: str
    limit: int  # seconds for everything
    starts: int
    request_rounds: int
    request_seconds: float
    request_warm_up: float
    # Opened so that as many end as begin: a steady number is open from the first one's end to the last one's start.
    steady_rounds: int
    steady: Streams
    crowds: tuple[Streams, ...]
    threads: int  # in the database that lists and searches are timed over
    left_out: tuple[str, ...]  # parts of the benchmark that run only when they are named


QUICK = Plan(
    name="quick", limit=150, starts=3, request_rounds=3, request_seconds=1.5, request_warm_up=0.3,
    steady_rounds=2, steady=Streams(2000, 4.0, 40, 50), crowds=(Streams(4000, 3.0, 20, 250),),
    threads=1_000_000, left_out=("stalled", "records"))

FULL = Plan(
    name="full", limit=1500, starts=7, request_rounds=7, request_seconds=3, request_warm_up=0.5,
    steady_rounds=5, steady=Streams(3000, 9.0, 60, 50),
    crowds=(Streams(4000, 3.0, 20, 250), Streams(9000, 6.0, 16, 500)), threads=1_000_000, left_out=())
