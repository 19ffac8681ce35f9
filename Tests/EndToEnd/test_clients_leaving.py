"""Clients that go away before their answer is complete."""

from __future__ import annotations

import time

import pytest

from acceptance import Line, covers
from harness.caller import Caller
from harness.fleet import Fleet
from harness.waiting import until

#: The acceptance line's own limit.
CLOSED_WITHIN = 1.0
both_providers = pytest.mark.parametrize("kind", ["bedrock", "openai"])
either_way = pytest.mark.parametrize("way", ["close", "reset"])


def assert_abandoned(caller: Caller, left_at: float) -> None:
    call = caller.script.wait_for_end()
    assert call.ended == "left"
    assert call.connection_closed - left_at < CLOSED_WITHIN
    thread = caller.thread()
    assert thread["status"] == "cancelled"
    caller.assert_released()


@covers(Line.CLIENT_LEAVES)
@both_providers
@either_way
def test_a_client_that_leaves_after_three_chunks_ends_the_provider_s_work(provider, make_caller, kind, way):
    caller = make_caller(provider.script(["repeat", 3, [["text", "word "]]], ["hang"]), kind)
    stream = caller.stream()
    text = ""
    while text != "word word word ":
        text += stream.event().text
    left_at = time.monotonic()
    getattr(stream, way)()
    assert_abandoned(caller, left_at)
    thread = caller.thread()
    assert thread["completion"] == "word word word "
    assert thread["estimated"] is True and thread["tokens_out"] > 0


@covers(Line.CLIENT_LEAVES)
@both_providers
@either_way
@pytest.mark.parametrize("head", [False, True], ids=["before the provider's head", "after the provider's head"])
@pytest.mark.parametrize("stream", [False, True])
def test_a_client_that_leaves_before_the_first_chunk_ends_the_provider_s_work(
    provider, make_caller, kind, way, head, stream
):
    caller = make_caller(provider.script(*([["head"]] if head else []), ["hang"]), kind)
    connection = caller.instance.connect()
    caller.send(connection, stream=stream)
    caller.script.wait_until_waiting("for ever")
    left_at = time.monotonic()
    getattr(connection, way)()
    assert_abandoned(caller, left_at)


@covers(Line.CLIENT_LEAVES)
def test_a_client_that_leaves_while_chunks_flow_ends_the_provider_s_work(provider, make_caller):
    caller = make_caller(provider.script(["repeat", 10000, [["text", "word "], ["pause", 0.01]]]))
    stream = caller.stream()
    stream.event()
    left_at = time.monotonic()
    stream.close()
    assert_abandoned(caller, left_at)


@covers(Line.CLIENT_LEAVES)
def test_a_hundred_clients_that_leave_at_once_are_all_recorded(provider, make_caller):

    caller = make_caller(provider.script(["text", "word "], ["hang"]))
    with Fleet(caller, 100) as fleet:
        fleet.wait_until("started", 100)
        left_at = time.monotonic()
        fleet.leave()
    until(lambda: caller.script.state()["open"] == 0, "the provider's connections were closed")
    # Leaving itself takes its time with so many; each second is counted from the last client's end.
    assert max(call.ended_at for call in caller.script.calls(brief=True)) - left_at < CLOSED_WITHIN + 1
    rows = until(lambda: [r for r in [caller.instance.ledger.threads(caller.key_id)] if len(r) == 100], "100 records")[
        0
    ]
    assert {row["status"] for row in rows} == {"cancelled"}
    caller.assert_released()
