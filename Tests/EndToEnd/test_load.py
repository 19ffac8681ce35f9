"""Thousands of streams through one worker. These need a quiet machine: `pytest -m load`."""

from __future__ import annotations

import json
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

import httpx
import pytest

from acceptance import Line, covers
from harness.fleet import Fleet
from harness.floor import Floor
from harness.instance import REPOSITORY

pytestmark = pytest.mark.load

STREAMS = 4000
#: Chunks of each stream, four a second.
CHUNKS = 40
PER_STREAM = 60 * 1024


@covers(Line.MANY_STREAMS)
@pytest.mark.timeout(240)
def test_4000_streams_through_one_worker_complete_and_leave_room_for_others(provider, make_instance, make_caller):
    instance = make_instance(workers=1)
    script = provider.script(
        ["repeat", CHUNKS, [["text", "a few words more "], ["pause", 0.25]]],
        ["finish", "end_turn"],
        ["usage", {"inputTokens": 5, "outputTokens": 200}],
    )
    caller = make_caller(script, instance=instance, key={"month_quota": 100_000})
    worker = instance.worker()
    answers: list[float] = []
    with Fleet(caller, STREAMS, per_second=1000) as fleet, httpx.Client(headers=caller.headers) as client:
        fleet.wait_until("started", STREAMS, 60)
        assert fleet.status["ended"] == 0, "all run at once"
        for _ in range(15):
            begin = time.monotonic()
            assert client.get(f"{instance.url}/v1/models", timeout=10).status_code == 200
            answers.append(time.monotonic() - begin)
            time.sleep(0.1)
        resident = worker.resident_bytes
        outcomes = fleet.finish(120)
    assert sum(outcome.done for outcome in outcomes) == STREAMS
    assert {outcome.events for outcome in outcomes} == {CHUNKS + 3}
    assert max(worker.peak_resident_bytes, resident) <= STREAMS * PER_STREAM
    # The median: a single answer may meet a moment in which the clients of this test have the processors.
    assert statistics.median(answers) < 0.1, answers
    rows = instance.ledger.threads(caller.key_id)
    assert len(rows) == STREAMS and {row["status"] for row in rows} == {"ok"}
    caller.assert_released()


@covers(Line.THROUGHPUT)
@pytest.mark.timeout(240)
def test_calls_a_second_are_at_least_015_of_what_nginx_alone_passes_on(make_instance):
    """With the benchmark's own provider and driver, which are written in C: Python would be what is measured."""
    benchmarks = REPOSITORY / "Benchmarks"
    subprocess.run(["make", "-s", "-C", str(benchmarks)], check=True, timeout=120)
    instance = make_instance(workers=1)
    with tempfile.TemporaryDirectory() as folder, Floor(Path(folder), benchmarks / "bin/provider") as floor:
        config = {"baseURL": f"{floor.provider_url}/v1", "apiKey": "k", "model": "bench-1x0"}
        model = instance.admin.create_model("openai-compatible", config)
        key = instance.admin.create_key(month_quota=1_000_000)
        instance.admin.bind(key["id"], model["id"])

        def rate(port: int, name: str) -> float:
            body = Path(folder) / f"{name}.json"
            body.write_text(json.dumps({"model": name, "messages": [{"role": "user", "content": "ping"}]}))
            command = [benchmarks / "bin/driver", "rps", "--port", str(port), "--body", body, "-c", "32", "-d", "4"]
            command += ["--warmup", "1", "--header", f"Authorization: Bearer {key['api_key']}", "--json"]
            report = json.loads(subprocess.run(command, check=True, capture_output=True, timeout=60).stdout)
            assert report["requests"] > 100 and report["errors"] == 0, report
            return report["per_second"]

        # One after the other and again, so that a disturbance cannot fall on one side alone.
        pairs = [(rate(instance.port, model["name"]), rate(floor.port, "bench-1x0")) for _ in range(2)]
    ratio = sum(ours for ours, _ in pairs) / sum(floors for _, floors in pairs)
    assert ratio >= 0.15, pairs
