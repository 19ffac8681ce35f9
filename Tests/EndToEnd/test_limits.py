"""Limits of a key hold over all workers together, whatever arrives at once."""

from __future__ import annotations

import json
import re
import time
from collections import Counter

import httpx
import openai
import pytest

from harness.fleet import Fleet, Outcome
from harness.waiting import until
from scripted import bedrock

ANSWER = (["text", "x"], ["finish", "end_turn"], ["usage", {"inputTokens": 30, "outputTokens": 10}])
#: With a quota, and with none.
KEYS = pytest.mark.parametrize("quota", [100, None], ids=["quota", "no quota"])


def refusals(outcomes: list[Outcome]) -> list[str]:
    """The messages of the answers that were refused, all of them for a limit."""
    errors = [json.loads(outcome.body)["error"] for outcome in outcomes if outcome.status == 429]
    assert {error["code"] for error in errors} <= {"rate_limit_exceeded"}
    assert {error["type"] for error in errors} <= {"rate_limit_error"}
    return [error["message"] for error in errors]


def refused_calls(instance) -> int:
    """What `/metrics` says of calls that a limit refused."""
    return int(re.search(r"(?m)^brook_refused_limit_total (\d+)$", httpx.get(f"{instance.url}/metrics").text).group(1))


@KEYS
@pytest.mark.parametrize("stream", [False, True])
def test_of_60_calls_at_once_as_many_are_answered_as_requests_are_allowed_a_minute(
    provider, make_caller, quota, stream
):
    caller = make_caller(provider.script(*ANSWER), key={"rpm": 20, "month_quota": quota})
    before = refused_calls(caller.instance)
    with Fleet(caller, 60, stream=stream) as fleet:
        outcomes = fleet.finish()
    assert Counter(outcome.status for outcome in outcomes) == {200: 20, 429: 40}
    assert caller.script.state()["calls"] == 20
    assert all("20 requests a minute (rpm)" in message for message in refusals(outcomes))
    assert refused_calls(caller.instance) - before >= 40
    caller.assert_released()


@KEYS
def test_of_20_slow_streams_as_many_run_as_calls_are_allowed_at_a_time(provider, make_caller, quota):
    script = provider.script(["text", "a"], ["wait", "go on"], *ANSWER)
    caller = make_caller(script, key={"max_parallel": 3, "month_quota": quota})
    with Fleet(caller, 20) as fleet:
        fleet.wait_until("ended", 17)
        fleet.wait_until("started", 3)
        script.signal("go on")
        outcomes = fleet.finish()
    assert Counter(outcome.status for outcome in outcomes) == {200: 3, 429: 17}
    assert script.state()["calls"] == 3
    assert all("3 calls at a time (max_parallel)" in message for message in refusals(outcomes))
    # One that has ended makes room at once: a client that calls one after the other is never refused.
    for _ in range(10):
        assert caller.ask(stream=True)
    caller.assert_released()


@KEYS
def test_streams_whose_clients_leave_make_room_for_others(provider, make_caller, quota):
    script = provider.script(["text", "a"], ["wait", "never"], *ANSWER)
    caller = make_caller(script, key={"max_parallel": 2, "month_quota": quota})
    with Fleet(caller, 2) as fleet:
        fleet.wait_until("started", 2)
        with pytest.raises(openai.RateLimitError):
            caller.ask()
        fleet.leave()
    until(lambda: caller.instance.ledger.holds(caller.key_id) == 0, "the calls have ended")
    script.set(*ANSWER)
    assert caller.ask()


def test_tokens_that_were_used_and_those_that_running_calls_may_use_count_together(provider, make_caller):
    script = provider.script(["wait", "go on"], *ANSWER)
    # A call of this prompt is estimated at 4 + 8 tokens and the 88 that it asks for.
    caller = make_caller(script, key={"tpm": 300, "month_quota": None})
    with Fleet(caller, 30, prompt="ping pong 12", max_tokens=88) as fleet:
        fleet.wait_until("ended", 27)
        script.signal("go on")
        outcomes = fleet.finish()
    assert Counter(outcome.status for outcome in outcomes) == {200: 3, 429: 27}
    assert all("300 tokens a minute (tpm)" in message for message in refusals(outcomes))
    # They used 40 each, which leaves 180 for the minute.
    until(lambda: caller.instance.ledger.holds(caller.key_id) == 0, "the calls have ended")
    script.set(*ANSWER)
    with pytest.raises(openai.RateLimitError) as raised:
        caller.ask(max_tokens=200)
    assert 55 <= int(raised.value.response.headers["retry-after"]) <= 61
    assert raised.value.response.headers["x-ratelimit-remaining-tokens"] == "180"
    caller.ask(max_tokens=100)


def test_the_openai_client_sees_where_the_key_stands(provider, make_caller):
    caller = make_caller(provider.script(*ANSWER), key={"rpm": 3, "tpm": 10_000})
    create = caller.openai.chat.completions.with_raw_response.create
    whole = create(**caller.body(max_tokens=100))
    assert whole.parse().usage.total_tokens == 40
    assert whole.headers["x-ratelimit-limit-requests"] == "3"
    assert whole.headers["x-ratelimit-remaining-requests"] == "2"
    assert whole.headers["x-ratelimit-reset-requests"] == "1m1s"
    assert whole.headers["x-ratelimit-limit-tokens"] == "10000"
    # Two tokens of text, eight for the message, and the answer's hundred are reserved.
    assert whole.headers["x-ratelimit-remaining-tokens"] == str(10_000 - 2 - 8 - 100)
    assert whole.headers["x-ratelimit-reset-tokens"] == "1m1s"
    stream = create(**caller.body(stream=True, max_tokens=100))
    assert stream.headers["x-ratelimit-remaining-requests"] == "1"
    assert stream.headers["x-ratelimit-remaining-tokens"] == str(10_000 - 40 - 2 - 8 - 100)
    assert list(stream.parse())
    create(**caller.body())
    for members in ({}, {"stream": True}):
        with pytest.raises(openai.RateLimitError) as raised:
            create(**caller.body(**members))
        headers = raised.value.response.headers
        assert raised.value.code == "rate_limit_exceeded"
        assert headers["x-ratelimit-remaining-requests"] == "0"
        assert 50 <= int(headers["retry-after"]) <= 61
        assert "x-should-retry" not in headers


def test_a_key_without_limits_gets_no_such_fields(provider, make_caller):
    caller = make_caller(provider.script(*ANSWER), key={"max_parallel": 5})
    answer = caller.openai.chat.completions.with_raw_response.create(**caller.body())
    assert not [name for name in answer.headers if name.startswith("x-ratelimit")]


def test_a_limit_that_an_administrator_changes_holds_from_the_next_call(provider, make_caller):
    caller = make_caller(provider.script(*ANSWER), key={"month_quota": None})
    update = caller.instance.admin.post
    for _ in range(3):
        caller.ask()
    update("/admin/api-key/update", id=caller.key_id, rpm=2)
    # Only calls since then are counted.
    caller.ask()
    caller.ask()
    for _ in range(4):
        with pytest.raises(openai.RateLimitError):
            caller.ask()
    update("/admin/api-key/update", id=caller.key_id, rpm=3)
    caller.ask()
    with pytest.raises(openai.RateLimitError):
        caller.ask()
    update("/admin/api-key/update", id=caller.key_id, rpm=0)
    for _ in range(4):
        caller.ask()


def test_a_call_that_its_provider_refused_counts_as_no_request(provider, make_caller):
    refusal = bedrock.refusal("ServiceUnavailableException", "busy")
    caller = make_caller(provider.script(refuse=refusal), key={"rpm": 1, "month_quota": None})
    for stream in (False, True, False):
        with pytest.raises(openai.InternalServerError) as raised:
            caller.ask(stream=stream)
        assert raised.value.response.headers["x-ratelimit-limit-requests"] == "1"
    caller.script.set(*ANSWER)
    caller.ask()
    with pytest.raises(openai.RateLimitError):
        caller.ask()


def test_who_waits_as_long_as_told_is_answered(provider, make_caller):
    caller = make_caller(provider.script(*ANSWER), key={"rpm": 1, "month_quota": None})
    caller.ask()
    began = time.monotonic()
    with pytest.raises(openai.RateLimitError) as raised:
        caller.ask()
    wait = int(raised.value.response.headers["retry-after"])
    assert 60 <= wait <= 61
    time.sleep(wait - 2)
    with pytest.raises(openai.RateLimitError):
        caller.ask()
    time.sleep(max(0, began + wait - time.monotonic()) + 0.01)
    caller.ask()
