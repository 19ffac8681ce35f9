"""Connections are kept and used again: by clients, between nginx and the workers, and to providers."""

from __future__ import annotations

import json

import pytest

from harness.fleet import Fleet
from harness.waiting import until

HELLO = (["text", "hi"], ["finish", "end_turn"], ["usage", {"inputTokens": 1, "outputTokens": 1}])


@pytest.mark.parametrize("size", [100, 20_000, 300_000, 5_000_000])
def test_a_kept_connection_serves_again_after_an_early_error_with_an_unread_body(
    provider, make_instance, make_caller, size
):
    instance = make_instance(workers=1)
    caller = make_caller(provider.script(*HELLO), instance=instance)
    refused = json.dumps(caller.body(messages=[{"role": "user", "content": "x" * size}])).encode()
    good = json.dumps(caller.body()).encode()
    with instance.connect() as connection:
        for _ in range(6):
            bad_key = {**caller.headers, "Authorization": "Bearer br-" + "a" * 43}
            connection.send("POST", "/v1/chat/completions", bad_key, refused)
            head = connection.head()
            assert head.status == 401
            assert json.loads(connection.body())["error"]["code"] == "invalid_api_key"
            connection.send("POST", "/v1/chat/completions", caller.headers, good)
            assert connection.head().status == 200
            assert json.loads(connection.body())["choices"][0]["message"]["content"] == "hi"


def test_a_hundred_calls_one_after_another_share_their_connections(provider, make_instance, make_caller):
    instance = make_instance(workers=1)
    caller = make_caller(provider.script(*HELLO), instance=instance)
    worker = instance.worker()
    for _ in range(5):
        caller.ask()
    sockets = worker.sockets()
    descriptors = len(worker.descriptors())
    for index in range(100):
        caller.ask(stream=index % 2 == 0)
    new = worker.sockets() - sockets
    assert len(new) <= 6, f"{len(new)} new sockets for 100 calls"
    assert len(worker.descriptors()) <= descriptors + 6
    assert len({call.connection for call in caller.script.calls(brief=True)}) <= 6


def test_a_cancelled_stream_leaves_no_descriptor_behind(provider, make_instance, make_caller):

    instance = make_instance(workers=1)
    caller = make_caller(provider.script(["text", "x"], ["hang"]), instance=instance)
    worker = instance.worker()
    caller.script.set(*HELLO)
    caller.ask()
    before = len(worker.descriptors())
    caller.script.set(["text", "x"], ["hang"])
    for _ in range(3):
        with Fleet(caller, 50) as fleet:
            fleet.wait_until("started", 50)
            fleet.leave()
    until(lambda: len(worker.descriptors()) <= before + 8, f"about {before} descriptors are open again", 15)
