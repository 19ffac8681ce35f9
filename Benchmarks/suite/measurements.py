"""The measurements, each giving rows of the table. Brook and the floor take turns, so that what
else the machine does falls on both; each figure is the median of its rounds."""

import http.client
import statistics
import threading
import time
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from . import programs
from .brook import PRICE_IN, PRICE_OUT, Brook, Key
from .floor import Floor
from .plan import Plan, Streams
from .processes import CPUTime, PeakMemory, resident_bytes
from .programs import Provider, Target
from .rows import Row

CONNECTIONS = 32
PROMPT_TOKENS = 12  # what the scripted provider reports, see provider/answers.h
# What a stream brings besides its chunks of text: Brook's has role and finish reason (usage comes only when asked for);
# Bedrock's has the start of the message, the end of the block, the end of the message and the usage.
EXTRA_EVENTS = {"sse": 2, "event-stream": 4}


@dataclass(frozen=True)
class Stage:
    """Everything that a measurement may use."""

    plan: Plan
    folder: Path
    provider: Provider
    floor: Floor
    brook: Brook
    key: Key
    say: object  # a function that shows what is being done

    def body(self, model: str, stream: bool) -> Path:
        path = self.folder / f"{model}-{'stream' if stream else 'whole'}.json"
        path.write_text(
            f'{{"model":"{model}","stream":{"true" if stream else "false"},"messages":[{{"role":"system","content":'
            '"You answer in one short sentence."},{"role":"user","content":"What is a gateway good for?"}]}')
        return path

    def through_brook(self, model: str, stream: bool) -> Target:
        return Target(
            self.brook.port, self.body(model, stream), headers=(self.key.header,), pids=tuple(self.brook.workers))

    def through_floor(self, script: str) -> Target:
        return Target(self.floor.port, self.body(script, False), pids=self.floor.pids)

    def bedrock_through_floor(self, script: str) -> Target:
        return Target(
            self.floor.port, self.body(script, True), path=f"/model/{script}/converse-stream", framing="event-stream",
            pids=self.floor.pids)


def _completed(result: dict) -> str:
    """How many streams came to their end; and what became of the others."""
    if result["failed"] == 0:
        return f"{result['completed']:,}"
    causes = {status: count for status, count in result["statuses"].items() if status != "200"}
    for cause in ("unfinished", "timed_out"):
        if result[cause] > 0:
            causes[cause] = result[cause]
    return f"{result['completed']:,} ({', '.join(f'{cause}: {count:,}' for cause, count in causes.items())})"


def _milliseconds(microseconds: float) -> str:
    return f"{microseconds / 1000:.2f} ms"


def at_rest(stage: Stage) -> list[Row]:
    """First of all, before anything has made the workers grow."""
    stage.say("idle memory and start")
    idle = max(resident_bytes(pid) for pid in stage.brook.workers) / 1e6
    start = statistics.median(stage.brook.seconds_to_first_answer() for _ in range(stage.plan.starts)) * 1000
    return [
        Row("resident memory of an idle worker", f"{idle:.1f} MB", target="<= 20 MB", met=idle <= 20),
        Row("start of a worker to its first answer", f"{start:.0f} ms", target="<= 100 ms", met=start <= 100),
    ]


def _timed_requests(plan: Plan, target: Target) -> tuple[float, float]:
    """Requests a second, and processor microseconds of the target's processes a request."""
    with CPUTime(target.pids) as cpu:
        result = programs.requests(target, CONNECTIONS, plan.request_seconds, plan.request_warm_up)
    return result["per_second"], cpu.seconds / result["answered_in_all"] * 1e6


def requests(stage: Stage) -> list[Row]:
    stage.brook.add_openai_model(stage.key, "bench-plain", stage.provider.address, "bench")
    brook, floor = [], []
    for round_number in range(stage.plan.request_rounds):
        stage.say(f"requests a second, round {round_number + 1} of {stage.plan.request_rounds}")
        brook.append(_timed_requests(stage.plan, stage.through_brook("bench-plain", False)))
        floor.append(_timed_requests(stage.plan, stage.through_floor("bench")))
    brook_rate, brook_cpu = (statistics.median(values) for values in zip(*brook))
    floor_rate, floor_cpu = (statistics.median(values) for values in zip(*floor))
    ratio = statistics.median(ours[0] / theirs[0] for ours, theirs in zip(brook, floor))
    wanted_rate = 8000 * min(1, floor_rate / 40000)
    return [
        Row(f"non-stream requests/s, ledger on, {CONNECTIONS} connections, {len(stage.brook.workers)} workers",
            f"{brook_rate:,.0f}", f"{floor_rate:,.0f}", f">= {wanted_rate:,.0f} (8,000 where nginx gives 40,000)",
            brook_rate >= wanted_rate),
        Row("… as a share of nginx alone", f"{ratio:.2f}", "1", ">= 0.25", ratio >= 0.25, "non_stream_ratio", ratio),
        Row("… processor time a request (Brook's workers; nginx)", f"{brook_cpu:.0f} us", f"{floor_cpu:.0f} us"),
    ]


def _steady(stage: Stage, target: Target) -> tuple[dict, float]:
    """One run with a steady number of open streams, and processor microseconds a chunk of text."""
    plan = stage.plan.steady
    with CPUTime(target.pids) as cpu:
        result = programs.streams(
            target, plan.count, plan.ramp, plan.limit, plan.chunks + EXTRA_EVENTS[target.framing], plan.seconds)
    return result, cpu.seconds / (plan.count * plan.chunks) * 1e6


def steady_streams(stage: Stage) -> list[Row]:
    plan = stage.plan.steady
    model = "bedrock-" + plan.script
    stage.brook.add_bedrock_model(stage.key, model, stage.provider.address, plan.script)
    brook, floor, nginx_cpu = [], [], []
    for round_number in range(stage.plan.steady_rounds):
        stage.say(f"streams at a steady number, round {round_number + 1} of {stage.plan.steady_rounds}")
        with CPUTime(stage.brook.nginx) as nginx:
            brook.append(_steady(stage, stage.through_brook(model, True)))
        nginx_cpu.append(nginx.seconds / (plan.count * plan.chunks) * 1e6)
        floor.append(_steady(stage, stage.bedrock_through_floor(plan.script)))
    open_streams = statistics.median(result["open_peak"] for result, _ in brook)

    def added(quantile: str) -> float:
        return statistics.median(
            ours["first_us"][quantile] - theirs["first_us"][quantile] for (ours, _), (theirs, _) in zip(brook, floor))

    def median(runs, quantile: str) -> str:
        return _milliseconds(statistics.median(result["first_us"][quantile] for result, _ in runs))

    brook_cpu, floor_cpu = (statistics.median(cpu for _, cpu in runs) for runs in (brook, floor))
    ratio = statistics.median(ours / theirs for (_, ours), (_, theirs) in zip(brook, floor))
    worst = min((result for result, _ in brook), key=lambda result: result["completed"])
    share = worst["completed"] / plan.count
    return [
        Row("processor time a streamed Bedrock chunk (Brook's worker; nginx)", f"{brook_cpu:.1f} us",
            f"{floor_cpu:.1f} us"),
        Row("… as a multiple of nginx's own", f"{ratio:.2f}", "1", "<= 1.3", ratio <= 1.3, "bedrock_chunk_cpu_ratio",
            ratio),
        Row("… of the nginx in front of Brook, for comparison", f"{statistics.median(nginx_cpu):.1f} us"),
        Row(f"first chunk at {open_streams:,.0f} open streams, p50", median(brook, "p50"), median(floor, "p50"),
            "<= 0.5 ms added", added("p50") <= 500),
        Row("… p99", median(brook, "p99"), median(floor, "p99"), "<= 5 ms added", added("p99") <= 5000),
        Row("… added, p50 and p99", f"{_milliseconds(added('p50'))}, {_milliseconds(added('p99'))}"),
        Row("… streams complete, worst round", _completed(worst), "", f"{plan.count:,}", share == 1, "completed_share",
            share),
    ]


class ModelListProbe:
    """Asks for the list of models again and again while the block runs, as a page that an admin opens would."""

    def __init__(self, brook: Brook):
        self._brook = brook
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._ask, daemon=True)
        self.milliseconds: list[float] = []
        self.failures = 0

    def _ask(self) -> None:
        while not self._over.wait(0.05):
            started = time.perf_counter()
            try:
                status, _ = self._brook.request("GET", "/v1/models", timeout=5)
            except (OSError, http.client.HTTPException):
                status = 0
            self.milliseconds.append((time.perf_counter() - started) * 1000)
            self.failures += status != 200

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._over.set()
        self._thread.join()


def many_at_once(stage: Stage, crowd: Streams) -> list[Row]:
    """As many streams at once as the plan says, all through one worker."""
    stage.say(f"{crowd.count:,} streams at once")
    model = f"bedrock-{crowd.script}"
    stage.brook.add_bedrock_model(stage.key, model, stage.provider.address, crowd.script)
    target = stage.through_brook(model, True)
    with PeakMemory(stage.brook.workers) as memory, ModelListProbe(stage.brook) as probe:
        result = programs.streams(
            target, crowd.count, crowd.ramp, crowd.limit, crowd.chunks + EXTRA_EVENTS["sse"])
    share = result["completed"] / crowd.count
    # Of those that were open: streams that were refused take no memory.
    each = memory.bytes / max(1, result["completed"]) / 1000
    slowest = max(probe.milliseconds, default=0)
    return [
        Row(f"{crowd.count:,} streams at once through one worker, complete", _completed(result), "",
            f"{crowd.count:,}", share == 1, "completed_share", share),
        Row("… open at the same time", f"{result['open_peak']:,}"),
        Row("… resident memory, whole worker, a stream", f"{each:.1f} KB", "", "<= 45 KB", each <= 45),
        Row("… first chunk p50, p99; gap between chunks p99",
            f"{_milliseconds(result['first_us']['p50'])}, {_milliseconds(result['first_us']['p99'])}; "
            f"{_milliseconds(result['gap_us']['p99'])} (script {crowd.pause_ms} ms)"),
        Row("… GET /v1/models meanwhile, slowest", f"{slowest:.0f} ms", "", "< 100 ms",
            slowest < 100 and probe.failures == 0),
    ]


def stalled_clients(stage: Stage) -> list[Row]:
    """100 clients that read nothing, while 200 others go on reading."""
    others, clients = Streams(200, 0.5, 60, 50), 100
    model, flood = "bedrock-" + others.script, "openai-flood"
    stage.brook.add_bedrock_model(stage.key, "stall-" + model, stage.provider.address, others.script)
    # 1.6 MB a second for each client: the buffers of the kernel on the way are full within a few seconds.
    stage.brook.add_openai_model(stage.key, flood, stage.provider.address, "bench-3000x10-t16000")
    target = stage.through_brook("stall-" + model, True)

    def run() -> dict:
        return programs.streams(target, others.count, others.ramp, others.limit, others.chunks + EXTRA_EVENTS["sse"])

    stage.say("chunk times without stalled clients")
    without = run()
    before = sum(resident_bytes(pid) for pid in stage.brook.workers)
    stage.say("chunk times with stalled clients")
    with programs.Stallers(stage.through_brook(flood, True), clients, 60):
        time.sleep(6)
        with PeakMemory(stage.brook.workers) as memory:
            result = run()
    change = (result["gap_us"]["p99"] - without["gap_us"]["p99"]) / 1000
    each = max(0, memory.bytes - before) / clients / 1000
    return [
        Row(f"gap between chunks p99 with {clients} clients that read nothing", _milliseconds(result["gap_us"]["p99"]),
            "", f"as without ({_milliseconds(without['gap_us']['p99'])}), + 5 ms", change <= 5),
        Row("… memory added a stalled client", f"{each:.0f} KB", "", "<= 512 KB", each <= 512),
    ]


def ledger(stage: Stage, key: Key) -> list[Row]:
    """Streams that ended with [DONE] against what the ledger says of them, on a key of their own."""
    stage.say("ledger")
    streams = Streams(500, 1.0, 20, 50)
    stage.brook.add_bedrock_model(key, "ledger-" + streams.script, stage.provider.address, streams.script)
    target = Target(
        stage.brook.port, stage.body("ledger-" + streams.script, True), headers=(key.header,))
    result = programs.streams(target, streams.count, streams.ramp, streams.limit, streams.chunks + EXTRA_EVENTS["sse"])
    recorded = stage.brook.recorded(key)
    share = recorded / result["completed"] if result["completed"] else 0
    fee = Decimal(result["completed"] * (PROMPT_TOKENS * PRICE_IN + streams.chunks * PRICE_OUT)) / 1000000
    month_fee = stage.brook.month_fee(key)
    return [
        Row(f"ledger rows for {result['completed']:,} streams that ended with [DONE]", f"{recorded:,}", "",
            f"{result['completed']:,}", share == 1, "recorded_share", share),
        Row("… their fees, dollars", f"{month_fee}", "", f"{fee}", month_fee == fee),
    ]
