"""Attempts: what fails before its first byte is tried again, elsewhere, or by another model; the money stays right."""

from __future__ import annotations

import http.server
import json
import threading
import time
from collections import Counter
from contextlib import contextmanager

import httpx
import openai as client
import pytest

from harness.caller import text_of
from harness.fleet import Fleet
from harness.waiting import until
from scripted import bedrock, openai, signature

ANSWER = [["text", "pong"], ["finish", "end_turn"], ["usage", {"inputTokens": 5, "outputTokens": 2}]]
GOOD = {"steps": ANSWER}
FEE = 5 * 3_000 + 2 * 15_000
THROTTLED = {
    "bedrock": {"refuse": bedrock.refusal("ThrottlingException", "Too many requests")},
    "openai": {"refuse": openai.refusal(429, "slow down", "requests", "rate_limit_exceeded")},
}
DOWN = {"refuse": bedrock.refusal("ServiceUnavailableException", "down")}
#: A port on which nobody listens.
NOWHERE = "http://127.0.0.1:9"
stream_or_not = pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])


def metrics(instance) -> dict[str, int]:
    lines = httpx.get(f"{instance.url}/metrics").text.splitlines()
    pairs = (line.rsplit(" ", 1) for line in lines if not line.startswith("#"))
    return {name: int(value) for name, value in pairs if value.isdigit()}


def text(answer, stream: bool) -> str:
    return text_of(answer) if stream else answer.choices[0].message.content


def codes(detail) -> list[str | None]:
    return [attempt["code"] for attempt in detail["attempts"]]


@stream_or_not
@pytest.mark.parametrize("kind", ["bedrock", "openai"])
def test_a_provider_that_throttles_twice_is_asked_a_third_time(provider, make_caller, kind, stream):
    throttled = THROTTLED[kind]
    script = provider.script(sequence=[throttled, throttled, GOOD])
    caller = make_caller(script, kind, config={"maxRetries": None})
    before = metrics(caller.instance)
    assert text(caller.ask(stream=stream), stream) == "pong"
    assert script.state()["calls"] == 3
    detail = caller.detail()
    assert (detail["status"], detail["model"]) == ("ok", caller.model)
    assert codes(detail) == ["rate_limit_exceeded", "rate_limit_exceeded", None]
    assert [attempt["status"] for attempt in detail["attempts"]] == [429, 429, 200]
    assert caller.stored()["fee"] == FEE
    caller.assert_released()
    after = metrics(caller.instance)
    assert after["brook_attempts_throttled_total"] - before["brook_attempts_throttled_total"] == 2
    assert after["brook_attempts_ok_total"] - before["brook_attempts_ok_total"] == 1
    mine = httpx.get(f"{caller.instance.url}/user/thread/detail/{detail['id']}", headers=caller.headers).json()["data"]
    assert "attempts" not in mine


def test_a_longer_wait_than_ten_seconds_is_the_clients(provider, make_caller):
    refusal = bedrock.refusal("ThrottlingException", "Too many requests")
    refusal["headers"]["Retry-After"] = "30"
    caller = make_caller(provider.script(refuse=refusal), config={"maxRetries": 2})
    with pytest.raises(client.RateLimitError) as caught:
        caller.ask()
    assert caught.value.response.headers["retry-after"] == "30"
    assert caller.script.state()["calls"] == 1


def test_calls_go_round_a_region_that_is_down(provider, make_instance, make_caller):
    script = provider.script(*ANSWER, regions={"us-east-1": DOWN})
    config = {"region": None, "regions": ["us-east-1", "us-west-2"], "maxRetries": None}
    caller = make_caller(script, config=config, instance=make_instance(workers=1))
    for _ in range(12):
        assert caller.ask().choices[0].message.content == "pong"
    regions = Counter(signature.region(call.data["headers"]) for call in script.calls())
    assert regions["us-west-2"] == 12
    # Then it cools down; a slow run may find it ready again.
    assert 1 <= regions["us-east-1"] <= 4
    rows = caller.instance.admin.threads(caller.key_id)
    details = [caller.instance.admin.get(f"/admin/thread/detail/{row['id']}")["attempts"] for row in rows]
    assert all(attempts[-1]["region"] == "us-west-2" for attempts in details)
    failed = [attempts[0] for attempts in details if len(attempts) > 1]
    assert {(a["region"], a["status"], a["code"]) for a in failed} == {("us-east-1", 503, "overloaded")}


@stream_or_not
def test_a_fallback_of_another_provider_answers_under_the_name_asked_for(provider, make_caller, stream):
    fallback = make_caller(provider.script(*ANSWER), "openai", model={"price_in": 1, "price_out": 2})
    config = {"endpoint": NOWHERE, "fallbacks": ["no-such-model", fallback.model]}
    caller = make_caller(provider.script(), config=config)
    caller.instance.admin.bind(caller.key_id, fallback.model_row["id"])
    answer = caller.ask(stream=stream)
    assert text(answer, stream) == "pong"
    assert {chunk.model for chunk in (answer if stream else [answer])} == {caller.model}
    detail = caller.detail()
    assert (detail["model"], detail["provider"], detail["price_in"]) == (fallback.model, "openai-compatible", 1)
    assert [attempt["model"] for attempt in detail["attempts"]] == [caller.model, fallback.model]
    assert codes(detail) == ["upstream_unreachable", None]
    assert caller.stored()["fee"] == 5 * 1_000 + 2 * 2_000
    caller.assert_released()


def test_a_fallback_that_the_key_may_not_use_is_not_asked(provider, make_caller):
    fallback = make_caller(provider.script(*ANSWER), "openai")
    caller = make_caller(provider.script(), config={"endpoint": NOWHERE, "fallbacks": [fallback.model]})
    with pytest.raises(client.APIStatusError) as caught:
        caller.ask()
    assert caught.value.status_code == 502
    assert fallback.script.state()["calls"] == 0
    assert caller.stored()["fee"] == 0


def test_a_dearer_fallback_does_not_overshoot_a_strict_key(provider, make_caller):
    dear = make_caller(provider.script(*ANSWER), "openai", model={"price_in": 3000, "price_out": 15000})
    key = {"month_quota": 0.01, "strict": True}
    caller = make_caller(provider.script(), config={"endpoint": NOWHERE, "fallbacks": [dear.model]}, key=key)
    caller.instance.admin.bind(caller.key_id, dear.model_row["id"])
    with pytest.raises(client.APIStatusError) as caught:
        caller.ask(max_tokens=100)
    assert caught.value.body["code"] == "upstream_unreachable"
    assert dear.script.state()["calls"] == 0
    assert (caller.thread()["status"], caller.thread()["model"]) == ("error", caller.model)
    caller.assert_released()


def test_a_stream_that_fails_before_its_first_byte_is_made_again(provider, make_caller):
    broken = {"steps": [["head"], ["exception", "internalServerException", "oops"]]}
    caller = make_caller(provider.script(sequence=[broken, GOOD]), config={"maxRetries": 1})
    assert text(caller.ask(stream=True), True) == "pong"
    assert codes(caller.detail()) == ["upstream_error", None]
    assert caller.stored()["fee"] == FEE


def test_a_stream_that_fails_after_its_first_byte_is_not(provider, make_caller):
    script = provider.script(["text", "po"], ["exception", "internalServerException", "oops"])
    fallback = make_caller(provider.script(*ANSWER), "openai")
    caller = make_caller(script, config={"maxRetries": 3, "fallbacks": [fallback.model]})
    caller.instance.admin.bind(caller.key_id, fallback.model_row["id"])
    body = caller.stream().body()
    assert b'"error"' in body and b"[DONE]" not in body
    assert script.state()["calls"] == 1 and fallback.script.state()["calls"] == 0
    detail = caller.detail()
    assert detail["status"] == "error"
    assert [(a["status"], a["code"]) for a in detail["attempts"]] == [(200, "upstream_error")]
    caller.assert_released()


@pytest.mark.parametrize("stream", [False, True])
def test_300_calls_at_once_get_past_a_failing_region_and_add_up(provider, make_instance, make_caller, stream):
    script = provider.script(*ANSWER, regions={"us-east-1": {"steps": [["head"], ["cut", "rst"]]}})
    config = {"region": None, "regions": ["us-east-1", "us-west-2", "eu-west-1"], "maxRetries": 2}
    caller = make_caller(script, config=config, instance=make_instance(workers=2))
    with Fleet(caller, 300, max_tokens=10, stream=stream) as fleet:
        outcomes = fleet.finish()
    assert Counter(outcome.status for outcome in outcomes) == {200: 300}
    ledger = caller.instance.ledger
    until(lambda: len(ledger.threads(caller.key_id)) == 300, "all calls were recorded once")
    assert ledger.month_fee(caller.key_id) == 300 * FEE
    caller.assert_released()
    counted = metrics(caller.instance)
    assert counted["brook_attempts_ok_total"] == 300
    assert counted["brook_upstream_requests_total"] == script.state()["calls"]
    assert counted["brook_attempts_failed_total"] == script.state()["calls"] - 300


def test_a_call_counts_once_against_the_keys_limit_of_requests(provider, make_caller):
    throttled = THROTTLED["bedrock"]
    script = provider.script(sequence=[throttled, throttled, GOOD])
    caller = make_caller(script, config={"maxRetries": 2}, key={"rpm": 2})
    for _ in range(2):
        caller.ask()
    with pytest.raises(client.RateLimitError):
        caller.ask()
    assert script.state()["calls"] == 4


def test_a_client_that_leaves_while_the_gateway_waits_ends_the_attempts_and_pays_nothing(provider, make_caller):
    refusal = bedrock.refusal("ThrottlingException", "Too many requests")
    refusal["headers"]["Retry-After"] = "5"
    script = provider.script(refuse=refusal)
    caller = make_caller(script, config={"maxRetries": 2})
    connection = caller.instance.connect()
    caller.send(connection, stream=True)
    script.wait_for_calls(1)
    time.sleep(0.2)
    connection.close()
    thread = caller.thread(limit=4)
    assert (thread["status"], thread["fee"], thread["estimated"]) == ("cancelled", 0, False)
    assert script.state()["calls"] == 1
    caller.assert_released()


@contextmanager
def metadata_server():
    """A container's credentials endpoint and an instance's metadata on loopback, with what they were asked."""
    asked = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_PUT(self):
            asked.append((self.path, self.headers["X-aws-ec2-metadata-token-ttl-seconds"]))
            self.answer(200, b"metadata-token")

        def do_GET(self):
            if not self.path.startswith("/latest/"):
                asked.append((self.path, self.headers["Authorization"]))
                return self.answer(200, self.credentials())
            token = self.headers["X-aws-ec2-metadata-token"]
            asked.append((self.path, token))
            if token != "metadata-token":
                return self.answer(401, b"")
            return self.answer(200, b"the-role" if self.path.endswith("/") else self.credentials())

        def credentials(self):
            return json.dumps(
                {
                    "Code": "Success",
                    "AccessKeyId": signature.ACCESS_KEY,
                    "SecretAccessKey": signature.SECRET_KEY,
                    "Token": signature.SESSION_TOKEN,
                    "Expiration": "2099-01-01T00:00:00Z",
                }
            ).encode()

        def answer(self, status, body):
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_address[1], asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_the_role_of_a_container_signs_calls_and_is_fetched_once(provider, make_instance, make_caller, tmp_path):
    (tmp_path / "token").write_text("the-token\n")
    with metadata_server() as (port, asked):
        instance = make_instance(
            workers=1,
            AWS_SHARED_CREDENTIALS_FILE="/nonexistent",
            AWS_CONTAINER_CREDENTIALS_FULL_URI=f"http://127.0.0.1:{port}/v1/role",
            AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=str(tmp_path / "token"),
        )
        script = provider.script(*ANSWER)
        caller = make_caller(script, config={"credentials": None}, instance=instance)
        for _ in range(3):
            assert caller.ask().choices[0].message.content == "pong"
    assert asked == [("/v1/role", "the-token")]
    assert {call.headers["x-amz-security-token"] for call in script.calls()} == {signature.SESSION_TOKEN}


def test_the_role_of_an_instance_signs_calls_and_is_fetched_once_with_a_token(provider, make_instance, make_caller):
    with metadata_server() as (port, asked):
        instance = make_instance(
            workers=1,
            AWS_SHARED_CREDENTIALS_FILE="/nonexistent",
            AWS_EC2_METADATA_SERVICE_ENDPOINT=f"http://127.0.0.1:{port}/",
        )
        script = provider.script(*ANSWER)
        caller = make_caller(script, config={"credentials": None}, instance=instance)
        with Fleet(caller, 50, max_tokens=10) as fleet:
            outcomes = fleet.finish()
    assert Counter(outcome.status for outcome in outcomes) == {200: 50}
    roles = "/latest/meta-data/iam/security-credentials/"
    assert asked == [
        ("/latest/api/token", "300"),
        (roles, "metadata-token"),
        (roles + "the-role", "metadata-token"),
    ]
    assert {call.headers["x-amz-security-token"] for call in script.calls()} == {signature.SESSION_TOKEN}
