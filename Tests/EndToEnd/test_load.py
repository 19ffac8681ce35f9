"""Thousands of streams through one worker, and calls as fast as they go: `pytest -m load`, on a quiet machine."""

from __future__ import annotations

import statistics
import time

import httpx
import pytest

from acceptance import Line, covers
from harness import benchmark
from harness.floor import Floor
from harness.instance import Instance

pytestmark = [pytest.mark.load, pytest.mark.timeout(240)]

STREAMS = 4000
#: Chunks of each stream, four a second.
CHUNKS = 60
PER_STREAM = 60 * 1024
#: The acceptance line's own limit, in seconds.
ANSWER_WITHIN = 0.1
MESSAGES = [{"role": "user", "content": "ping"}]


@pytest.fixture
def provider_port():
    benchmark.build()
    with benchmark.provider() as port:
        yield port


def model_and_key(instance: Instance, provider: str, config: dict) -> tuple[str, dict]:
    model = instance.admin.create_model(provider, config)
    key = instance.admin.create_key(month_quota=1_000_000)
    instance.admin.bind(key["id"], model["id"])
    return model["name"], key


@covers(Line.MANY_STREAMS)
@pytest.mark.parametrize("dialect", ["bedrock", "openai"])
def test_4000_streams_through_one_worker_complete_and_leave_room_for_others(
    make_instance, provider_port, tmp_path, dialect
):
    instance = make_instance(workers=1)
    script = f"bench-{CHUNKS}x250"
    if dialect == "bedrock":
        credentials = [{"accessKeyId": "AKIDBENCH", "secretAccessKey": "secret"}]
        endpoint = f"http://127.0.0.1:{provider_port}"
        config = {"modelId": script, "region": "us-west-2", "endpoint": endpoint, "credentials": credentials}
        name, key = model_and_key(instance, "bedrock-converse", config)
    else:
        config = {"baseURL": f"http://127.0.0.1:{provider_port}/v1", "apiKey": "k", "model": script}
        name, key = model_and_key(instance, "openai-compatible", config)
    worker = instance.worker()
    body = {"model": name, "messages": MESSAGES, "stream": True}
    options = ("-c", str(STREAMS), "-d", "120", "--ramp", "4", "--expect-chunks", str(CHUNKS))
    streams = benchmark.driver("stream", instance.port, body, key["api_key"], *options, folder=tmp_path)
    time.sleep(6)  # All are open now, and each runs for 15 s.
    answers, resident = [], 0
    with httpx.Client(headers={"x-api-key": key["api_key"]}, timeout=10) as client:
        for _ in range(20):
            begin = time.monotonic()
            assert client.get(f"{instance.url}/v1/models").status_code == 200
            answers.append(time.monotonic() - begin)
            resident = max(resident, worker.resident_bytes)
            time.sleep(0.2)
    result = benchmark.report(streams, 150)
    assert result["open_peak"] == STREAMS, "all ran at once"
    assert (result["completed"], result["failed"]) == (STREAMS, 0), result
    assert resident <= STREAMS * PER_STREAM, f"{resident / STREAMS / 1024:.1f} KB a stream"
    # The median: a single answer may meet a moment in which the programs of this test have the processors.
    assert statistics.median(answers) < ANSWER_WITHIN, sorted(answers)
    rows = instance.ledger.threads(key["id"])
    assert len(rows) == STREAMS and {row["status"] for row in rows} == {"ok"}
    assert instance.ledger.holds(key["id"]) == 0
    assert instance.ledger.month_fee(key["id"]) == sum(row["fee"] for row in rows)


@covers(Line.THROUGHPUT)
def test_calls_a_second_are_at_least_015_of_what_nginx_alone_passes_on(make_instance, provider_port, tmp_path):
    instance = make_instance(workers=1)
    config = {"baseURL": f"http://127.0.0.1:{provider_port}/v1", "apiKey": "k", "model": "bench"}
    name, key = model_and_key(instance, "openai-compatible", config)

    def rate(port: int, model: str) -> float:
        body = {"model": model, "messages": MESSAGES}
        options = ("-c", "32", "-d", "4", "--warmup", "1")
        result = benchmark.report(benchmark.driver("rps", port, body, key["api_key"], *options, folder=tmp_path), 60)
        assert result["requests"] > 100 and result["errors"] == 0, result
        return result["per_second"]

    with Floor(tmp_path, provider_port) as floor:
        # By turns, so that a disturbance does not fall on one side alone.
        pairs = [(rate(instance.port, name), rate(floor.port, "bench")) for _ in range(2)]
    ours, alone = (sum(column) for column in zip(*pairs))
    assert ours / alone >= 0.15, pairs
