"""A worker that is killed takes its own streams with it and nothing else."""

from __future__ import annotations

import signal
from collections import Counter

from acceptance import Line, covers
from harness import processes
from harness.fleet import Fleet
from harness.waiting import until

STREAMS = 200


@covers(Line.WORKER_KILLED)
def test_killing_a_worker_while_200_streams_run_costs_only_its_own_streams(provider, make_instance, make_caller):
    instance = make_instance(workers=2)
    script = provider.script(
        ["repeat", 10, [["text", "tick "], ["pause", 0.1]]],
        ["wait", "the worker is dead"],
        ["repeat", 5, [["text", "tock "]]],
        ["finish", "end_turn"],
        ["usage", {"inputTokens": 5, "outputTokens": 15}],
    )
    caller = make_caller(script, instance=instance, key={"month_quota": 1000})
    multiwatch = instance.multiwatch()
    victim, survivor = instance.wait_for_workers(2)
    with Fleet(caller, STREAMS) as fleet:
        fleet.wait_until("started", STREAMS)
        victim.send(signal.SIGKILL)
        until(lambda: not victim.alive, "the worker is gone")
        restarted = until(
            lambda: [w for w in instance.workers() if w.pid not in (victim.pid, survivor.pid)],
            "multiwatch has started another worker",
            15,
        )
        script.signal("the worker is dead")
        outcomes = fleet.finish()
    assert survivor.alive and processes.look(multiwatch.pid) is not None
    assert [worker.parent for worker in restarted] == [multiwatch.pid]

    done = [outcome for outcome in outcomes if outcome.done]
    broken = [outcome for outcome in outcomes if not outcome.done]
    assert 0 < len(done) < STREAMS, f"{len(done)} of {STREAMS} streams went on"
    assert all(outcome.ended == "end" and outcome.events == 18 for outcome in done), Counter(o.events for o in done)
    assert all(outcome.events < 18 for outcome in broken)

    recorded = Counter(row["request_id"] for row in instance.ledger.threads(caller.key_id) if row["status"] == "ok")
    assert {outcome.request_id: 1 for outcome in done} == dict(recorded), "each once, and none besides"
    assert instance.ledger.month_fee(caller.key_id) == len(done) * (5 * 3000 + 15 * 15000)
    # The dead worker's holds go within two of the sweeps that come every 10 s.
    until(lambda: instance.ledger.holds(caller.key_id) == 0, "the dead worker's holds are gone", 25)
    script.set(["text", "x"], ["finish", "end_turn"], ["usage", {"inputTokens": 1, "outputTokens": 1}])
    assert caller.ask().choices[0].message.content == "x"


@covers(Line.WORKER_KILLED)
def test_each_stream_that_ended_with_done_is_recorded_though_workers_die_all_the_time(
    provider, make_instance, make_caller
):
    """Deaths at arbitrary moments of many short calls: what was told to a client is never lost, nor told twice."""
    instance = make_instance(workers=2)
    script = provider.script(
        ["repeat", 3, [["text", "x"], ["pause", 0.02]]],
        ["finish", "end_turn"],
        ["usage", {"inputTokens": 5, "outputTokens": 3}],
    )
    caller = make_caller(script, instance=instance, key={"month_quota": 1000})
    with Fleet(caller, 1500, per_second=300) as fleet:
        for ended in range(0, 1400, 200):
            fleet.wait_until("ended", ended)
            for worker in instance.workers()[:1]:
                worker.send(signal.SIGKILL)
        outcomes = fleet.finish()
    rows = instance.ledger.threads(caller.key_id)
    recorded = Counter(row["request_id"] for row in rows)
    assert max(recorded.values()) == 1
    done = {outcome.request_id for outcome in outcomes if outcome.done}
    assert len(done) > 100 and done <= set(recorded)
    assert instance.ledger.month_fee(caller.key_id) == sum(row["fee"] for row in rows)
    instance.wait_for_workers(2)
