"""Money: what a key has left is never overspent, however many calls arrive at once."""

from __future__ import annotations

import json
from collections import Counter

import openai
import pytest

from acceptance import Line, covers
from harness.fleet import Fleet
from harness.waiting import until

#: A call costs exactly its output: ten tokens of 100,000 nano-dollars.
PRICES = {"price_in": 0, "price_out": 100}
FEE = 10 * 100_000
DOLLAR = 1_000_000_000
ANSWER = (["text", "x"], ["finish", "max_tokens"], ["usage", {"inputTokens": 3, "outputTokens": 10}])
CALLS = 300


def assert_sums(caller, quota: int, balance: int) -> None:
    """What left the quota and the balance is what the rows say, to the nano-dollar."""
    ledger = caller.instance.ledger
    rows = ledger.threads(caller.key_id)
    assert ledger.month_fee(caller.key_id) == sum(row["fee"] for row in rows)
    assert balance - ledger.balance(caller.key_id) == sum(row["fee_balance"] for row in rows)
    from_quota = sum(row["fee"] - row["fee_balance"] for row in rows)
    assert 0 <= from_quota <= quota
    until(lambda: ledger.holds(caller.key_id) == 0, "the holds were given back")
    row = caller.instance.admin.key(caller.key_id)
    assert round(row["month_fee"] * DOLLAR) == ledger.month_fee(caller.key_id)
    assert round(row["total_fee"] * DOLLAR) == ledger.month_fee(caller.key_id)


@covers(Line.QUOTA)
@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(
    ("quota", "balance"), [(10 * FEE, 0), (0, 10 * FEE), (4 * FEE + FEE // 2, 5 * FEE + FEE // 2), (10 * FEE + 1, 0)]
)
def test_of_300_calls_at_once_only_those_that_the_money_covers_reach_the_provider(
    provider, make_caller, quota, balance, stream
):
    script = provider.script(["wait", "all have asked"], *ANSWER)
    key = {"month_quota": quota / DOLLAR, "balance": balance / DOLLAR}
    caller = make_caller(script, model=PRICES, key=key)
    with Fleet(caller, CALLS, max_tokens=10, stream=stream) as fleet:
        fleet.wait_until("ended", CALLS - 11)
        assert script.state()["calls"] <= 11
        script.signal("all have asked")
        outcomes = fleet.finish()
    statuses = Counter(outcome.status for outcome in outcomes)
    assert set(statuses) == {200, 429}
    assert 10 <= statuses[200] == script.state()["calls"] <= 11
    for outcome in outcomes:
        if outcome.status == 429:
            assert json.loads(outcome.body)["error"]["code"] in ("rate_limit_exceeded", "insufficient_quota")
    until(lambda: len(caller.instance.ledger.threads(caller.key_id)) == statuses[200], "all calls were recorded")
    assert_sums(caller, quota, balance)


@covers(Line.QUOTA)
def test_300_calls_that_are_answered_at_once_spend_what_there_is_and_no_more(provider, make_caller):
    caller = make_caller(provider.script(*ANSWER), model=PRICES, key={"month_quota": 10 * FEE / DOLLAR})
    with Fleet(caller, CALLS, max_tokens=10) as fleet:
        outcomes = fleet.finish()
    answered = [outcome for outcome in outcomes if outcome.status == 200]
    assert len(answered) == caller.script.state()["calls"] == 10
    assert all(outcome.done for outcome in answered)
    assert_sums(caller, 10 * FEE, 0)
    # The last word is that nothing is left.

    with pytest.raises(openai.RateLimitError) as raised:
        caller.ask()
    assert raised.value.code == "insufficient_quota"


@covers(Line.QUOTA)
def test_a_call_that_must_wait_for_others_holds_is_told_when_to_try_again(provider, make_caller):
    script = provider.script(["wait", "go"], *ANSWER)
    caller = make_caller(script, model=PRICES, key={"month_quota": FEE / DOLLAR})
    with Fleet(caller, 2, max_tokens=10) as fleet:
        fleet.wait_until("ended", 1)
        script.signal("go")
        refused = next(outcome for outcome in fleet.finish() if outcome.status == 429)
    assert json.loads(refused.body)["error"]["code"] == "rate_limit_exceeded"


def test_the_part_that_passes_the_quota_comes_off_the_balance(provider, make_caller):
    caller = make_caller(
        provider.script(*ANSWER), model=PRICES, key={"month_quota": 1.5 * FEE / DOLLAR, "balance": 5 * FEE / DOLLAR}
    )
    for _ in range(3):
        caller.ask(max_tokens=10)
    rows = caller.instance.ledger.threads(caller.key_id)
    assert [row["fee_balance"] for row in rows] == [0, FEE // 2, FEE]
    assert_sums(caller, FEE * 3 // 2, 5 * FEE)


def test_a_key_with_a_quota_has_its_output_limited_to_what_was_held_for_it(provider, make_caller):
    script = provider.script(*ANSWER)
    make_caller(script, config={"maxTokens": 77}).ask()
    assert script.call.json["inferenceConfig"]["maxTokens"] == 77


def test_a_strict_key_is_never_overspent_by_a_call_that_may_cost_more_than_is_left(provider, make_caller):

    caller = make_caller(provider.script(*ANSWER), model=PRICES, key={"month_quota": FEE / DOLLAR, "strict": True})
    with pytest.raises(openai.RateLimitError):
        caller.ask(max_tokens=11)
    caller.ask(max_tokens=10)
    assert caller.script.state()["calls"] == 1
