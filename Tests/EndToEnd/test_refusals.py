"""Calls that are refused: the right status and an OpenAI error, as the openai client raises it."""

from __future__ import annotations

import datetime
import json

import httpx
import openai as sdk
import pytest

from acceptance import Line, covers
from harness.instance import Instance
from harness.waiting import until

HELLO = (["text", "hi"], ["finish", "end_turn"], ["usage", {"inputTokens": 11, "outputTokens": 7}])


@pytest.fixture
def caller(provider, make_caller):
    return make_caller(provider.script(*HELLO))


def error_of(answer: httpx.Response, status: int) -> dict:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"].startswith("application/json")
    assert answer.headers["x-request-id"]
    error = answer.json()["error"]
    assert set(error) >= {"message", "type", "param", "code"}
    assert isinstance(error["message"], str) and error["message"]
    return error


def post(caller, content: bytes, **headers: str) -> httpx.Response:
    return httpx.post(
        f"{caller.instance.url}/v1/chat/completions", content=content, headers={**caller.headers, **headers}, timeout=15
    )


def assert_no_trace(caller) -> None:
    """Refused before admission: nothing reached the provider, nothing stands in the ledger."""
    assert caller.script.calls(brief=True) == []
    assert caller.instance.ledger.threads(caller.key_id) == []
    assert caller.instance.ledger.holds(caller.key_id) == 0


@covers(Line.REFUSALS)
@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b'{"model": "x", "messages": [}',
        b"null",
        b"[]",
        b'"text"',
        b"{} trailing",
        b'{"model": "\xff"}',
        b"[" * 5000,
    ],
    ids=["empty", "half", "broken", "null", "array", "string", "trailing", "not UTF-8", "deep"],
)
def test_a_body_that_is_no_json_object_is_a_400(caller, content):
    error = error_of(post(caller, content), 400)
    assert error["type"] == "invalid_request_error"
    assert_no_trace(caller)


WRONG = [
    ({"messages": "ping"}, "messages"),
    ({"messages": []}, "messages"),
    ({"messages": [7]}, "messages"),
    ({"messages": [{"content": "no role"}]}, "messages"),
    ({"messages": [{"role": "robot", "content": "x"}]}, "messages"),
    ({"messages": [{"role": "user", "content": 7}]}, "messages"),
    ({"messages": [{"role": "user", "content": [{"type": "novelty"}]}]}, "messages"),
    ({"model": 7}, "model"),
    ({"model": None}, "model"),
    ({"stream": "yes"}, "stream"),
    ({"temperature": "hot"}, "temperature"),
    ({"max_tokens": -1}, "max_tokens"),
    ({"max_tokens": 1.5}, "max_tokens"),
    ({"max_tokens": 10**30}, "max_tokens"),
    ({"tools": "all"}, "tools"),
    ({"tools": [{"type": "function"}]}, "tools"),
    ({"stop": 7}, "stop"),
    ({"stream_options": []}, "stream_options"),
]


@covers(Line.REFUSALS)
@pytest.mark.parametrize(("members", "param"), WRONG, ids=[json.dumps(row[0])[:50] for row in WRONG])
def test_a_member_of_the_wrong_type_is_a_400_that_names_it(caller, members, param):
    error = error_of(post(caller, json.dumps(caller.body(**members)).encode()), 400)
    assert error["type"] == "invalid_request_error"
    assert error["param"].startswith(param)
    assert param in error["message"]
    assert_no_trace(caller)


@covers(Line.REFUSALS)
@pytest.mark.parametrize("missing", ["messages", "model"])
def test_a_missing_member_is_a_400_that_names_it(caller, missing):
    body = caller.body()
    del body[missing]
    assert error_of(post(caller, json.dumps(body).encode()), 400)["param"] == missing
    assert_no_trace(caller)


@covers(Line.REFUSALS)
def test_messages_that_say_nothing_are_a_400_and_cost_nothing(caller):
    """What the provider's own rules forbid may be found after admission, and then stands in the ledger as an error."""
    messages = [{"role": "user", "content": "  "}]
    error = error_of(post(caller, json.dumps(caller.body(messages=messages)).encode()), 400)
    assert error["type"] == "invalid_request_error"
    assert caller.script.calls(brief=True) == []
    assert all(row["fee"] == 0 and row["status"] == "error" for row in caller.instance.ledger.threads(caller.key_id))
    caller.assert_released()


@covers(Line.REFUSALS)
def test_the_openai_client_raises_a_bad_request_error(caller):
    with pytest.raises(sdk.BadRequestError) as raised:
        caller.ask(temperature="hot")
    assert (raised.value.type, raised.value.param) == ("invalid_request_error", "temperature")


@covers(Line.REFUSALS)
@pytest.mark.parametrize("stream", [False, True])
def test_a_model_that_does_not_exist_is_a_404(caller, stream):
    with pytest.raises(sdk.NotFoundError) as raised:
        caller.ask(model="no-such-model", stream=stream)
    assert (raised.value.type, raised.value.code) == ("invalid_request_error", "model_not_found")
    assert_no_trace(caller)


@covers(Line.REFUSALS)
def test_a_model_that_the_key_may_not_use_is_a_403(caller):
    caller.instance.admin.post("/admin/api-key/unbind-model", key_id=caller.key_id, model_id=caller.model_row["id"])
    with pytest.raises(sdk.PermissionDeniedError) as raised:
        caller.ask()
    assert (raised.value.type, raised.value.code) == ("permission_error", "model_not_allowed")
    assert_no_trace(caller)


BAD_KEYS = {
    "no key": {},
    "empty": {"Authorization": ""},
    "no scheme": {"Authorization": "br-" + "a" * 43},
    "another scheme": {"Authorization": "Basic YTpi"},
    "unknown": {"Authorization": "Bearer br-" + "a" * 43},
    "a foreign form": {"Authorization": "Bearer sk-1234567890"},
    "very long": {"Authorization": "Bearer br-" + "a" * 4000},
    "unknown x-api-key": {"x-api-key": "br-" + "a" * 43},
}


@covers(Line.REFUSALS)
@pytest.mark.parametrize("name", BAD_KEYS)
def test_a_call_without_a_good_key_is_a_401(caller, name):
    answer = httpx.post(f"{caller.instance.url}/v1/chat/completions", json=caller.body(), headers=BAD_KEYS[name])
    error = error_of(answer, 401)
    assert (error["type"], error["code"]) == ("authentication_error", "invalid_api_key")
    assert "a" * 43 not in answer.text
    assert_no_trace(caller)


def test_a_key_may_stand_in_x_api_key(caller):
    answer = httpx.post(
        f"{caller.instance.url}/v1/chat/completions", json=caller.body(), headers={"x-api-key": caller.key}
    )
    assert answer.status_code == 200


@covers(Line.REFUSALS)
@pytest.mark.parametrize("way", ["deleted", "disabled", "expired"])
def test_a_revoked_key_is_refused_at_the_very_next_request_by_every_worker(caller, way):
    admin = caller.instance.admin
    for _ in range(10):
        caller.ask()
    if way == "deleted":
        admin.post("/admin/api-key/delete", id=caller.key_id)
    elif way == "disabled":
        admin.post("/admin/api-key/update", id=caller.key_id, disabled=True)
    else:
        past = datetime.datetime.now(datetime.UTC) - datetime.timedelta(seconds=1)
        admin.post("/admin/api-key/update", id=caller.key_id, expires_at=past.strftime("%Y-%m-%dT%H:%M:%SZ"))
    # New connections each, so that both workers are asked.
    for _ in range(20):
        with pytest.raises(sdk.AuthenticationError) as raised:
            httpx_free = sdk.OpenAI(base_url=f"{caller.instance.url}/v1", api_key=caller.key, max_retries=0)
            with httpx_free as client:
                client.chat.completions.create(**caller.body())
        assert raised.value.code == "invalid_api_key"
    assert len(caller.script.calls(brief=True)) == 10


def test_a_changed_price_and_a_new_right_hold_at_the_very_next_request(caller):
    admin = caller.instance.admin
    for price in range(1, 11):
        admin.post("/admin/model/save", id=caller.model_row["id"], price_in=price, price_out=0)
        caller.ask()
    fees = [row["fee"] for row in caller.instance.ledger.threads(caller.key_id)]
    assert fees == [11 * 1000 * price for price in range(1, 11)]


@covers(Line.REFUSALS)
def test_a_key_that_has_used_up_its_money_is_a_429_that_clients_do_not_retry(provider, make_caller):
    caller = make_caller(provider.script(*HELLO), key={"month_quota": 0})
    with pytest.raises(sdk.RateLimitError) as raised:
        caller.ask()
    assert (raised.value.type, raised.value.code) == ("insufficient_quota", "insufficient_quota")
    assert raised.value.response.headers["x-should-retry"] == "false"
    assert_no_trace(caller)


@pytest.mark.parametrize(
    ("method", "path", "statuses"),
    [
        ("GET", "/v1/chat/completions", {404, 405}),
        ("GET", "/v1/nowhere", {404}),
        ("POST", "/v1/models", {404, 405}),
        ("GET", "/v1/models/no-such-model", {404}),
        ("GET", "/v1//models", {200, 404}),
        ("GET", "/v1/models/no%2Fsuch%2Fmodel", {404}),
        ("DELETE", "/v1/models", {404, 405}),
    ],
)
def test_other_paths_and_methods_are_refused_as_openai_errors(caller, method, path, statuses):
    answer = httpx.request(method, f"{caller.instance.url}{path}", headers=caller.headers)
    assert answer.status_code in statuses
    if answer.status_code != 200:
        error_of(answer, answer.status_code)


def move(instance: Instance, back: bool) -> None:
    """Moves the database and its journals away, or back to their place."""
    database = instance.database if not back else instance.gone / instance.gone_name
    instance.gone.mkdir(exist_ok=True)
    if not back:
        instance.gone_name, instance.home = database.name, database.parent
    for suffix in ("", "-wal", "-shm"):
        source = (instance.home if not back else instance.gone) / (instance.gone_name + suffix)
        target = (instance.gone if not back else instance.home) / (instance.gone_name + suffix)
        if source.exists():
            source.rename(target)


@covers(Line.REFUSALS)
def test_storage_that_is_gone_is_a_503_everywhere_and_comes_back_by_itself(provider, make_instance, make_caller):
    instance = make_instance(workers=2)
    caller = make_caller(provider.script(*HELLO), instance=instance)
    caller.ask()
    instance.gone = instance.folder / "gone"
    move(instance, back=False)

    def statuses() -> set[int]:
        bodies = [httpx.post(f"{instance.url}/v1/chat/completions", json=caller.body(), headers=caller.headers)]
        bodies += [httpx.get(f"{instance.url}{path}", headers=caller.headers) for path in ("/v1/models", "/readyz")]
        return {answer.status_code for answer in bodies}

    seen: list[set[int]] = []
    until(lambda: seen.append(statuses()) or seen[-1] == {503}, "every route that needs storage says 503", 15)
    assert all(found <= {200, 503} for found in seen), f"Something else than 200 and 503 while storage went: {seen}"
    for _ in range(10):
        with pytest.raises(sdk.InternalServerError) as raised:
            caller.ask()
        assert raised.value.status_code == 503
        assert (raised.value.type, raised.value.code) == ("server_error", "storage_unavailable")
    management = httpx.get(f"{instance.url}/admin/api-key/list", headers={"x-api-key": instance.admin_key})
    assert management.status_code == 503 and management.json()["success"] is False
    assert httpx.get(f"{instance.url}/healthz").status_code == 200
    assert httpx.get(f"{instance.url}/v1/models", headers={"x-api-key": "br-" + "a" * 43}).status_code == 503, (
        "never 401"
    )
    assert len(caller.script.calls(brief=True)) == 1 + sum(200 in found for found in seen)

    move(instance, back=True)
    until(lambda: statuses() == {200}, "storage serves again", 20)
    calls = len(caller.script.calls(brief=True))
    assert len(instance.ledger.threads(caller.key_id)) == calls
    caller.assert_released()
