"""Clients that do not read cost bounded memory, and nobody else anything."""

from __future__ import annotations

import statistics

import pytest

from acceptance import Line, covers
from harness.fleet import Fleet
from harness.provider import Script
from harness.waiting import until

STALLED = 100
#: What each stalled stream would bring, were it read: far more than all buffers between provider and client hold.
BIG = 64 * 1024
BIG_CHUNKS = 400
#: What a stalled stream may cost the worker: 1 MiB of text for its record, in a buffer that doubles as it grows, and
#: the 256 KiB at which it stops reading, with as much again on the way. Kernel buffers hold eight times that.
EACH = 3 * 1024 * 1024
TICKS = 60


def delays(caller, fleet_outcomes) -> list[float]:
    """From the provider's hand to the client, for each chunk of each stream, in seconds."""
    sent = {}
    for call in caller.script.calls():
        sent[call.json["messages"][0]["content"][0]["text"]] = call.sent
    found = []
    for outcome in fleet_outcomes:
        # The first event is messageStart; each tick is one more.
        ticks = sent[f"stream {outcome.number}"][1 : 1 + TICKS]
        assert len(outcome.times) == len(ticks) == TICKS
        found += [arrived - handed for arrived, handed in zip(outcome.times, ticks)]
    return found


def quantile(values: list[float], part: float) -> float:
    return sorted(values)[int(len(values) * part)]


def wait_until_stuck(script: Script) -> list[int]:
    """The numbers of events sent of each call, once they have not changed for a second and a half."""
    looks: list[list[int]] = []

    def is_stuck() -> bool:
        looks.append([call.sent_count for call in script.calls(brief=True)])
        return len(looks) > 3 and looks[-1] == looks[-2] == looks[-3] == looks[-4]

    until(is_stuck, "nothing flows to those who do not read", 60, pause=0.5)
    return looks[-1]


@covers(Line.SLOW_READERS)
@pytest.mark.timeout(150)
def test_100_clients_that_read_nothing_do_not_disturb_others_and_cost_bounded_memory(
    provider, quiet_provider, make_instance, make_caller
):
    instance = make_instance(workers=1)
    big = provider.script(
        ["repeat", BIG_CHUNKS, [["text", "x" * BIG]]],
        ["finish", "end_turn"],
        ["usage", {"inputTokens": 5, "outputTokens": 9}],
    )
    ticking = [["repeat", TICKS, [["text", "tick "], ["pause", 0.05]]], ["finish", "end_turn"]]
    stalled = make_caller(big, instance=instance, key={"month_quota": 100_000})
    alone = make_caller(quiet_provider.script(*ticking), instance=instance)
    beside = make_caller(quiet_provider.script(*ticking), instance=instance)
    worker = instance.worker()

    with Fleet(alone, 10, needle="tick ") as fleet:
        before = delays(alone, fleet.finish())
    idle = worker.resident_bytes
    with Fleet(stalled, STALLED, reads=False) as readers_of_nothing:
        readers_of_nothing.wait_until("connected", STALLED)
        big.wait_for_calls(STALLED, 40)

        passed = wait_until_stuck(big)
        assert all(count < BIG_CHUNKS for count in passed), "the provider was made to wait"
        assert worker.peak_resident_bytes - idle < STALLED * EACH
        with Fleet(beside, 10, needle="tick ") as fleet:
            during = delays(beside, fleet.finish())
        outcomes = readers_of_nothing.leave()
    assert all(outcome.ended == "open" for outcome in outcomes)
    assert statistics.median(during) - statistics.median(before) < 0.01, (before, during)
    assert quantile(during, 0.99) - quantile(before, 0.99) < 0.05
    rows = until(
        lambda: [r for r in [instance.ledger.threads(stalled.key_id)] if len(r) == STALLED], "their calls end"
    )[0]
    assert {row["status"] for row in rows} == {"cancelled"}
    stalled.assert_released()


@covers(Line.SLOW_READERS)
def test_a_client_that_reads_again_gets_its_whole_answer(provider, make_caller):
    script = provider.script(
        ["repeat", 200, [["text", "x" * BIG]]],
        ["finish", "end_turn"],
        ["usage", {"inputTokens": 5, "outputTokens": 9}],
    )
    caller = make_caller(script)
    with caller.instance.connect(receive_buffer=8192) as connection:
        caller.send(connection, stream=True)
        assert connection.head().status == 200
        script.wait_for_calls(1)
        assert wait_until_stuck(script)[0] < 200, "the provider was made to wait"
        events = connection.events()
    assert sum(len(event.text) for event in events) == 200 * BIG
    assert events[-1].is_done
    assert caller.thread()["status"] == "ok"
