"""Money and the calendar: the month turns, and the host's clock is set, while streams run."""

from __future__ import annotations

import json
import re
import time

import openai
import pytest

from harness.clock import ShiftedClock
from harness.fleet import Fleet, Outcome
from harness.waiting import until
from test_quota import ANSWER, DOLLAR, FEE, PRICES

STREAMS = 20
#: Five seconds of text, then what a call of test_quota costs.
LONG = (["repeat", 50, [["text", "x"], ["pause", 0.1]]], *ANSWER[1:])
FEBRUARY, MARCH = "2028-02", "2028-03"
TURN = 1_835_481_600_000  # 2028-03-01T00:00:00Z, after a leap day


@pytest.fixture
def clock(tmp_path) -> ShiftedClock:
    return ShiftedClock(tmp_path)


@pytest.fixture
def shifted(make_instance, clock):
    """Two workers, in the middle of a February of 29 days."""
    clock.set("2028-02-15T12:00:00")
    return make_instance(workers=2, **clock.environment)


@pytest.fixture
def streaming(provider, shifted, make_caller):
    """A key with streams that take five seconds."""
    key = {"month_quota": 100 * FEE / DOLLAR}
    return make_caller(provider.script(*LONG), "openai", instance=shifted, model=PRICES, key=key)


@pytest.fixture
def spent(provider, shifted, make_caller):
    """A key that has used up its February."""
    key = {"month_quota": 2 * FEE / DOLLAR}
    caller = make_caller(provider.script(*ANSWER), "openai", instance=shifted, model=PRICES, key=key)
    for _ in range(2):
        caller.ask(max_tokens=10)
    assert_used_up(caller)
    return caller


def assert_used_up(caller) -> None:
    with pytest.raises(openai.RateLimitError) as raised:
        caller.ask(max_tokens=10)
    assert raised.value.code == "insufficient_quota"


def assert_whole(outcomes: list[Outcome]) -> None:
    """Each stream came to its end with all its text, and none was held up."""
    assert [(o.status, o.done, o.ended, o.events) for o in outcomes] == [
        (200, True, "end", outcomes[0].events)
    ] * STREAMS
    assert outcomes[0].events > 50


def rows(caller) -> list[tuple[str, int]]:
    return [(row["month"], row["fee"]) for row in caller.instance.ledger.threads(caller.key_id)]


def months(caller) -> dict[str, int]:
    found = caller.instance.ledger.rows("SELECT month, fee FROM key_months WHERE key_id = ?", caller.key_id)
    return {row["month"]: row["fee"] for row in found}


def month_fee(caller) -> int:
    """What an administrator is told of the key's month."""
    return round(caller.instance.admin.key(caller.key_id)["month_fee"] * DOLLAR)


def site_month_fee(instance) -> int:
    return round(instance.admin.get("/admin/statistics/total")["month_fee"] * DOLLAR)


def test_streams_that_run_over_the_turn_are_billed_to_the_old_month_and_the_new_one_starts_at_0(
    shifted, clock, streaming, spent
):
    clock.set("2028-02-29T23:59:57")
    with Fleet(streaming, STREAMS, max_tokens=10) as fleet:
        fleet.wait_until("started", STREAMS)
        assert_used_up(spent)
        assert clock.now.strftime("%Y-%m") == FEBRUARY, "the machine is too slow for this test"
        before = site_month_fee(shifted)
        assert before == 2 * FEE
        until(lambda: clock.now.strftime("%Y-%m") == MARCH, "the month has turned", 5, pause=0.001)
        # At once, while the streams of February run.
        spent.ask(max_tokens=10)
        assert fleet.status["ended"] == 0
        assert month_fee(spent) == FEE and month_fee(streaming) == 0
        assert site_month_fee(shifted) == FEE
        outcomes = fleet.finish()
    assert_whole(outcomes)
    assert rows(streaming) == [(FEBRUARY, FEE)] * STREAMS
    ended = [row["created_at"] for row in shifted.ledger.threads(streaming.key_id)]
    assert min(ended) > TURN, "the streams have ended in March"
    assert months(streaming) == {FEBRUARY: STREAMS * FEE}
    assert month_fee(streaming) == 0
    assert site_month_fee(shifted) == FEE, "fees of February are none of March's, whenever their calls ended"

    streaming.script.set(*ANSWER)
    streaming.ask(max_tokens=10)
    spent.ask(max_tokens=10)
    assert_used_up(spent)
    assert months(streaming) == {FEBRUARY: STREAMS * FEE, MARCH: FEE}
    assert months(spent) == {FEBRUARY: 2 * FEE, MARCH: 2 * FEE}
    assert site_month_fee(shifted) == 3 * FEE
    streaming.assert_released()
    assert shifted.ledger_differences() == ""


def test_a_clock_that_is_set_back_over_the_turn_while_streams_run_loses_and_doubles_nothing(
    shifted, clock, streaming, spent
):
    clock.set("2028-03-01T00:00:01")
    with Fleet(streaming, STREAMS, max_tokens=10) as fleet:
        fleet.wait_until("started", STREAMS)
        spent.ask(max_tokens=10)
        clock.set("2028-02-29T23:58:00")
        # February is as it was left.
        assert_used_up(spent)
        assert month_fee(spent) == 2 * FEE and month_fee(streaming) == 0
        assert fleet.status["ended"] == 0
        outcomes = fleet.finish()
    assert_whole(outcomes)
    assert rows(streaming) == [(MARCH, FEE)] * STREAMS
    ended = [row["created_at"] for row in shifted.ledger.threads(streaming.key_id)]
    assert max(ended) < TURN, "by the clock the streams have ended before they began"
    assert all(row["invocation_latency"] >= 4900 for row in shifted.ledger.threads(streaming.key_id))
    streaming.script.set(*ANSWER)
    streaming.ask(max_tokens=10)
    assert months(streaming) == {FEBRUARY: FEE, MARCH: STREAMS * FEE}
    clock.set("2028-03-01T00:00:00")
    assert month_fee(streaming) == STREAMS * FEE
    spent.ask(max_tokens=10)
    assert_used_up(spent)
    assert months(spent) == {FEBRUARY: 2 * FEE, MARCH: 2 * FEE}
    streaming.assert_released()
    assert shifted.ledger_differences() == ""


def test_a_clock_that_is_set_far_forward_cuts_no_stream_and_frees_no_limit(
    shifted, clock, streaming, provider, make_caller
):
    limited = make_caller(provider.script(*ANSWER), "openai", instance=shifted, key={"rpm": 3})
    for _ in range(3):
        limited.ask()
    with Fleet(streaming, STREAMS, max_tokens=10) as fleet:
        fleet.wait_until("started", STREAMS)
        for moment in ("2028-06-01T00:00:00", "2028-02-15T12:00:00", "2027-12-31T23:59:59"):
            clock.set(moment)
            with pytest.raises(openai.RateLimitError) as raised:
                limited.ask()
            assert raised.value.code == "rate_limit_exceeded"
            assert 50 <= int(raised.value.response.headers["retry-after"]) <= 61
            time.sleep(0.3)
        assert_whole(fleet.finish())
    assert rows(streaming) == [(FEBRUARY, FEE)] * STREAMS
    log = [json.loads(line) for path in shifted.folder.rglob("*.log") for line in jsonlines(path)]
    assert not [line for line in log if line.get("level") in ("error", "critical")]


def jsonlines(path) -> list[str]:
    return [line for line in path.read_text(errors="replace").splitlines() if re.match(r"\{.*\}$", line)]
