"""Probes, numbers, memory at rest, signals."""

from __future__ import annotations

import re
import signal
import time
from pathlib import Path

import httpx
import pytest

from acceptance import Line, covers
from harness.fleet import Fleet
from harness.instance import Instance
from harness.processes import Process
from harness.provider import Seen
from harness.waiting import until

HELLO = (["text", "hi"], ["finish", "end_turn"], ["usage", {"inputTokens": 11, "outputTokens": 7}])
IDLE_LIMIT = 25 * 1024 * 1024


@covers(Line.IDLE_MEMORY)
def test_an_idle_worker_stays_within_25_mb(provider, make_instance, make_caller):
    instance = make_instance(workers=1)
    assert instance.worker().resident_bytes <= IDLE_LIMIT
    at_start = instance.worker().resident_bytes
    caller = make_caller(provider.script(*HELLO), instance=instance)
    for index in range(100):
        caller.ask(stream=index % 2 == 0)
    # What the calls took is given back after 10 to 20 idle seconds.
    until(lambda: instance.worker().resident_bytes < at_start, "the worker is as small as when it started", 40)


def test_an_idle_worker_uses_no_processor_time(make_instance):
    instance = make_instance(workers=1)
    worker = instance.worker()
    begin = worker.cpu_seconds
    time.sleep(3)
    assert worker.cpu_seconds - begin <= 0.05


def test_a_worker_serves_on_its_own_threads_alone(provider, make_instance, make_caller):
    instance = make_instance(workers=1)
    caller = make_caller(provider.script(*HELLO), instance=instance)
    for index in range(20):
        caller.ask(stream=index % 2 == 0)
    names = instance.worker().thread_names
    assert "brook-writer" in names
    # Threads of the language's own pool would have the name of the one that started them, which is the loop's.
    assert names.count("brook") == 1


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_probes_answer_without_a_key(instance, path):
    answer = httpx.get(instance.url + path)
    assert answer.status_code == 200
    assert answer.headers["x-request-id"]


def sample(text: str, name: str) -> float:
    """The sum of a metric's samples."""
    values = re.findall(rf"(?m)^\w*{name}(?:\{{[^}}]*\}})? ([0-9.e+-]+)$", text)
    assert values, f"No {name} in:\n{text}"
    return sum(map(float, values))


def test_metrics_are_prometheus_text_and_count_calls(provider, make_instance, make_caller):
    instance = make_instance(workers=1)
    caller = make_caller(provider.script(*HELLO), instance=instance)
    for _ in range(3):
        caller.ask()
    httpx.post(f"{instance.url}/v1/chat/completions", json=caller.body(model="none"), headers=caller.headers)
    answer = httpx.get(f"{instance.url}/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain")
    text = answer.text
    for line in text.splitlines():
        assert re.fullmatch(r"# (HELP|TYPE) \w+ .+|\w+(\{.*\})? [0-9.e+Inf-]+", line), line
    assert sample(text, "calls_ok_total") == 3
    assert sample(text, "tokens_in_total") == 33
    assert sample(text, "tokens_out_total") == 21
    assert sample(text, "refused_model_total") == 1
    assert caller.key not in text and caller.model not in text


def test_metrics_count_what_all_workers_did_or_name_the_worker(provider, instance, make_caller):
    """With several workers one scrape meets one of them: the text must say which, or speak for all."""
    text = httpx.get(f"{instance.url}/metrics").text
    assert "requests_total" in text


def test_metrics_are_not_for_other_hosts(instance):
    """nginx decides by the peer's address; a forwarded one must not count."""
    answer = httpx.get(f"{instance.url}/metrics", headers={"X-Forwarded-For": "203.0.113.9"})
    assert answer.status_code in (200, 403)
    text = "\n".join(path.read_text() for path in instance.folder.rglob("*.conf"))
    block = re.search(r"location\s*=?\s*/metrics\s*\{(.*?)\n\s*\}", text, re.S)
    assert block, "No location for /metrics"
    assert "deny all;" in block.group(1) and "allow 127.0.0.0/8;" in block.group(1)


def worker_of(instance: Instance, call: Seen) -> Process:
    """The worker that made a call: the one whose sockets include the other end of the provider's."""
    own = f"0100007F:{call.peer_port:04X}"
    inodes = [line.split()[9] for line in Path("/proc/net/tcp").read_text().splitlines()[1:] if line.split()[1] == own]
    return next(w for w in instance.workers() if w.sockets() & {f"socket:[{inode}]" for inode in inodes})


@pytest.mark.timeout(120)
def test_sigterm_lets_a_worker_s_streams_finish_while_another_takes_over(provider, make_instance, make_caller):
    instance = make_instance(workers=2)
    script = provider.script(["text", "one"], ["wait", "draining"], ["text", "two"], *HELLO[1:])
    caller = make_caller(script, instance=instance)
    other = make_caller(provider.script(*HELLO), instance=instance)
    with caller.stream() as stream:
        while stream.event().text != "one":
            pass
        # The provider's connection is the one that the stream's worker holds.
        worker = worker_of(instance, script.call)
        worker.send(signal.SIGTERM)
        for _ in range(10):
            assert other.ask().choices[0].message.content == "hi", "new calls are served meanwhile"
        assert worker.alive, "the worker waits for its stream"
        script.signal("draining")
        events = stream.events()
    assert events[-1].is_done and "".join(event.text for event in events[:-1]) == "two"
    assert caller.thread()["status"] == "ok"
    until(lambda: not worker.alive, "the drained worker has ended", 75)
    instance.wait_for_workers(2)


def test_sigterm_ends_an_idle_worker_soon(make_instance):
    instance = make_instance(workers=1)
    worker = instance.worker()
    httpx.get(f"{instance.url}/healthz")
    worker.send(signal.SIGTERM)
    # nginx would keep the idle connection for 5 s; the worker asks it to close it.
    until(lambda: not worker.alive, "the worker has ended", 3)
    (next_one,) = instance.wait_for_workers(1)
    assert next_one.pid != worker.pid
    assert httpx.get(f"{instance.url}/readyz").status_code == 200


def test_no_request_is_lost_while_workers_are_replaced(provider, make_instance, make_caller):

    instance = make_instance(workers=2)
    caller = make_caller(provider.script(["pause", 0.05], *HELLO), instance=instance)
    with Fleet(caller, 600, per_second=150) as fleet:
        for _ in range(3):
            for worker in instance.workers():
                worker.send(signal.SIGTERM)
            time.sleep(1)
        outcomes = fleet.finish()
    assert {outcome.status for outcome in outcomes} == {200}
    assert all(outcome.done for outcome in outcomes)
    assert len(instance.ledger.threads(caller.key_id)) == 600


def test_all_workers_are_replaced_at_once_under_steady_traffic(provider, make_instance, make_caller):
    """Connections that nginx keeps busy must not hold up a worker that drains: no other accepts meanwhile."""
    instance = make_instance(workers=2)
    caller = make_caller(provider.script(["pause", 0.01], *HELLO), instance=instance)
    with Fleet(caller, 1500, per_second=200) as fleet:
        fleet.wait_until("ended", 100)
        old = instance.workers()
        for worker in old:
            worker.send(signal.SIGTERM)
        until(lambda: not any(worker.alive for worker in old), "both workers have ended", 4)
        outcomes = fleet.finish()
    assert {outcome.status for outcome in outcomes} == {200}
    assert len(instance.ledger.threads(caller.key_id)) == 1500


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGUSR2])
def test_a_reload_keeps_the_worker_and_its_streams(provider, make_instance, make_caller, number):
    instance = make_instance(workers=1)
    script = provider.script(["text", "one"], ["wait", "reloaded"], ["text", "two"], *HELLO[1:])
    caller = make_caller(script, instance=instance)
    worker = instance.worker()
    with caller.stream() as stream:
        while stream.event().text != "one":
            pass
        worker.send(number)
        assert httpx.get(f"{instance.url}/readyz").status_code == 200
        script.signal("reloaded")
        assert stream.events()[-1].is_done
    assert instance.worker().pid == worker.pid
