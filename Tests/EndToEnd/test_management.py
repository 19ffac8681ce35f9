"""The management interface beyond the main job: rotation, money, webhooks, statistics, the audit."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

import reference_bodies as samples
from harness.instance import Instance
from scripted import bedrock


def statuses(instance: Instance, key: str, count: int = 24) -> set[int]:
    """What many requests at once are answered, each on a connection of its own, so that both workers serve some."""

    def ask(_: int) -> int:
        return httpx.get(
            f"{instance.url}/user/api-key/mine", headers={"Authorization": f"Bearer {key}"}, timeout=15
        ).status_code

    with ThreadPoolExecutor(12) as pool:
        return set(pool.map(ask, range(count)))


def test_disabling_expiry_rotation_and_deletion_hold_from_the_next_request_in_every_worker(instance):
    admin = instance.admin
    key = admin.create_key()
    assert statuses(instance, key["api_key"]) == {200}
    for change, undo in (
        ({"disabled": True}, {"disabled": False}),
        ({"expires_at": "2020-01-01T00:00:00Z"}, {"expires_at": None}),
    ):
        admin.post("/admin/api-key/update", id=key["id"], **change)
        assert statuses(instance, key["api_key"]) == {401}
        admin.post("/admin/api-key/update", id=key["id"], **undo)
        assert statuses(instance, key["api_key"]) == {200}

    second = admin.post("/admin/api-key/reset-key", id=key["id"], overlap_s=3600)["api_key"]
    assert statuses(instance, key["api_key"]) == {200} and statuses(instance, second) == {200}
    third = admin.post("/admin/api-key/reset-key", id=key["id"])["api_key"]
    assert statuses(instance, key["api_key"]) == {401} and statuses(instance, second) == {401}
    assert statuses(instance, third) == {200}
    admin.post("/admin/api-key/delete", id=key["id"])
    assert statuses(instance, third) == {401}


def test_deleting_a_key_keeps_its_records_and_payments(instance, provider, make_caller):
    caller = make_caller(provider.script(["text", "pong"], ["usage", {"inputTokens": 3, "outputTokens": 1}]))
    admin = instance.admin
    admin.post("/admin/api-key/recharge", id=caller.key_id, balance=1.5, note="once")
    caller.ask()
    before = admin.threads(caller.key_id)
    assert len(before) == 1
    admin.post("/admin/api-key/delete", id=caller.key_id)
    assert admin.threads(caller.key_id) == before
    (payment,) = admin.get("/admin/payment/list", key_id=caller.key_id)["items"]
    assert (payment["amount"], payment["key_name"], payment["note"]) == (1.5, caller.key_row["name"], "once")
    usage = admin.get("/admin/statistics/usage", group_by="key", key_id=caller.key_id)["items"]
    assert [(row["calls"], row["key_name"]) for row in usage] == [(1, caller.key_row["name"])]


def test_an_imported_file_of_keys_works_at_once_and_a_faulty_one_makes_none(instance):
    admin = instance.admin
    rows = admin.post("/admin/api-key/import", csv="Ada,ada@example.org\nGrace,,,2.50\n")["items"]
    for row in rows:
        assert statuses(instance, row["api_key"], 4) == {200}
    total = admin.get("/admin/api-key/list")["total"]
    answer = admin.http.post(
        "/admin/api-key/import", content="Bob,\nCid,not mail\n", headers={"Content-Type": "text/csv"}
    )
    assert answer.status_code == 400 and "Line 2" in answer.json()["data"]
    assert admin.get("/admin/api-key/list")["total"] == total


def test_a_model_s_test_really_asks_the_provider(instance, provider, make_caller):
    script = provider.script(["text", "pong"], ["finish", "end_turn"], ["usage", {"inputTokens": 3, "outputTokens": 1}])
    caller = make_caller(script)
    result = instance.admin.post("/admin/model/test", id=caller.model_row["id"])
    assert (result["ok"], result["answer"], result["finish_reason"]) == (True, "pong", "stop")
    assert (result["tokens_in"], result["tokens_out"]) == (3, 1)
    (call,) = provider.calls(script.model)
    assert call.json["inferenceConfig"]["maxTokens"] == 16
    assert instance.ledger.threads(caller.key_id) == []


@pytest.mark.parametrize("kind, model", [("bedrock", "amazon.titan-embed-text-v2:0.test"), ("openai", "text-embedding-3-test")])
def test_a_model_for_embeddings_is_tested_by_one_vector(instance, provider, make_caller, kind, model):
    caller = make_caller(provider.script(name=model), kind)
    result = instance.admin.post("/admin/model/test", id=caller.model_row["id"])
    assert (result["ok"], result["purpose"], result["answer"]) == (True, "embeddings", None), result
    assert result["dimensions"] == len(embedded(caller)) > 0
    assert result["tokens_in"] > 0
    (test, _) = caller.script.calls()
    assert test.json == {
        "bedrock": {"inputText": "ping", "embeddingTypes": ["float"]},
        "openai": {"model": model, "input": "ping"},
    }[kind]


def embedded(caller) -> list[float]:
    return caller.openai.embeddings.create(model=caller.model, input="ping", encoding_format="float").data[0].embedding


@pytest.mark.parametrize("kind, model", [("bedrock", "amazon.nova-canvas-v1:0.test"), ("openai", "gpt-image-test")])
def test_a_model_for_images_is_tested_by_one_image(instance, provider, make_caller, kind, model):
    caller = make_caller(provider.script(name=model), kind)
    result = instance.admin.post("/admin/model/test", id=caller.model_row["id"])
    assert (result["ok"], result["purpose"], result["answer"], result["images"]) == (True, "images", None, 1), result
    (call,) = caller.script.calls()
    if kind == "openai":
        assert call.target.endswith("/v1/images/generations")
        assert call.json == {"model": model, "prompt": "A black dot on white", "n": 1}
    else:
        config = call.json["imageGenerationConfig"]
        assert (config["numberOfImages"], config["width"], config["height"]) == (1, 512, 512)
    assert instance.ledger.threads(caller.key_id) == []


def test_a_model_s_test_tells_the_operator_what_is_wrong_without_secrets(instance, provider, make_caller):
    secretive = "User: arn:aws:iam::123456789012:user/x is not authorized"
    caller = make_caller(provider.script(refuse=bedrock.refusal("AccessDeniedException", secretive)))
    result = instance.admin.post("/admin/model/test", id=caller.model_row["id"])
    assert result["ok"] is False
    assert (result["error"]["status"], result["error"]["code"]) == (502, "upstream_auth")
    assert "AccessDenied" in result["error"]["detail"]
    for secret in ("arn:", "123456789012", caller.config["credentials"][0]["secretAccessKey"]):
        assert secret not in json.dumps(result)


def test_a_client_that_leaves_a_model_s_test_ends_the_provider_s_work(instance, provider, make_caller):
    caller = make_caller(provider.script(["hang"]))
    connection = instance.connect()
    headers = {"Authorization": f"Bearer {instance.admin_key}", "Content-Type": "application/json"}
    body = json.dumps({"id": caller.model_row["id"]}).encode()
    connection.send("POST", "/admin/model/test", headers, body)
    caller.script.wait_until_waiting("for ever")
    left_at = time.monotonic()
    connection.close()
    call = caller.script.wait_for_end()
    assert call.ended == "left" and call.connection_closed - left_at < 1


def test_webhooks_live_through_the_samples_and_their_secrets_stay_in_the_gateway(make_instance):
    instance = make_instance(workers=1)
    http = instance.admin.http

    def post(path: str, body: str, status: int = 200) -> dict:
        answer = http.post(path, content=body, headers={"Content-Type": "application/json"})
        assert answer.status_code == status, answer.text
        return answer.json()["data"]

    made = post("/admin/bot/feishu/save", samples.CREATE_WEBHOOK)
    assert (made["id"], made["name"]) == (1, "xxxx")
    assert made["config"]["appSecret"] == "****" and made["config"]["appId"] == "cli_xxxxx"
    post("/admin/bot/feishu/save", samples.CREATE_WEBHOOK, 409)
    secret = "a-long-app-secret-0123456789"
    post("/admin/bot/feishu/save", samples.UPDATE_WEBHOOK.replace('"appSecret": "xxxxx"', f'"appSecret": "{secret}"'))
    (row,) = instance.admin.get(samples.WEBHOOK_LIST)["items"]
    assert row["config"]["appSecret"] == "a-lo****"
    assert instance.admin.get("/admin/bot-connector/detail/1") == row
    assert all(secret.encode() not in path.read_bytes() for path in instance.folder.rglob("*") if path.is_file())
    instance.stop()
    instance.start()
    assert instance.admin.get(samples.WEBHOOK_LIST)["items"] == [row]
    assert instance.admin.post("/admin/bot/feishu/delete", id=1) is True
    assert instance.admin.get(samples.WEBHOOK_LIST)["items"] == []


def test_statistics_and_the_audit_agree_with_the_ledger(instance, provider, make_caller):
    script = provider.script(["text", "pong"], ["usage", {"inputTokens": 1000, "outputTokens": 7}])
    caller = make_caller(script)
    for _ in range(3):
        caller.ask()
    admin = instance.admin
    fee = instance.ledger.month_fee(caller.key_id)
    assert fee > 0
    for group in ("day", "model", "key"):
        (row,) = admin.get("/admin/statistics/usage", group_by=group, key_id=caller.key_id)["items"]
        assert (row["calls"], row["tokens_in"], row["tokens_out"]) == (3, 3000, 21)
        assert round(row["fee"] * 1e9) == fee
    total = admin.get("/admin/statistics/total")
    assert total["calls"] == instance.ledger.value("SELECT count(*) FROM threads")
    assert round(total["fee"] * 1e9) == instance.ledger.value("SELECT sum(fee) FROM threads")
    actions = [row["action"] for row in admin.get("/admin/audit/list", subject=f"key:{caller.key_id}")["items"]]
    assert actions == ["right.grant", "key.create"], "newest first"


@pytest.mark.parametrize(
    "path", ["/admin/api-key/apply", "/admin/model/save", "/admin/group/save", "/admin/bot/feishu/save"]
)
def test_a_name_of_ten_megabytes_is_refused_and_nothing_made(instance, path):
    before = instance.ledger.value("SELECT (SELECT count(*) FROM api_keys) + (SELECT count(*) FROM audit)")
    answer = instance.admin.http.post(path, json={"name": "x" * 10_000_000, "provider": "echo"})
    assert answer.status_code == 413 and answer.json()["error"]["code"] == "request_too_large"
    assert instance.ledger.value("SELECT (SELECT count(*) FROM api_keys) + (SELECT count(*) FROM audit)") == before


@pytest.mark.parametrize(
    ("target", "param"),
    [
        ("/admin/thread/list?order_by=id;DROP%20TABLE%20threads", "order_by"),
        ("/admin/api-key/list?group_id=9223372036854775808", "group_id"),
        ("/admin/thread/detail/9223372036854775808", "id"),
        ("/user/thread/detail/1%20OR%201=1", "id"),
        ("/admin/session/list?q=%00", "q"),
        ("/admin/audit/list?limit=1001", "limit"),
    ],
)
def test_hostile_queries_are_refused_by_name(instance, target, param):
    answer = instance.admin.http.get(target)
    assert answer.status_code == 400 and answer.json()["error"]["param"] == param


def test_a_replaced_admin_key_does_not_come_back_with_the_next_start(make_instance):
    instance = make_instance(workers=1)
    old = instance.admin_key
    new = instance.admin.post("/admin/api-key/reset-key", id=1)["api_key"]
    assert statuses(instance, old, 4) == {401}
    instance.stop()
    instance.start()
    assert statuses(instance, old, 4) == {401} and statuses(instance, new, 4) == {200}
    assert instance.ledger.value("SELECT count(*) FROM api_keys") == 1
