"""The management interface with the reference's own sample bodies."""

from __future__ import annotations

import json
import re

import httpx
import pytest

import reference_bodies as samples
from harness.instance import Instance

KEY_FIELDS = {
    *("id", "name", "email", "role", "group_id", "group_name", "api_key", "month_quota", "month_fee", "balance"),
    *("total_fee", "rpm", "tpm", "max_parallel", "strict", "disabled", "expires_at", "last_used_at", "created_at"),
    "updated_at",
}


@pytest.fixture(scope="module")
def fresh(shared_maker) -> Instance:
    """An instance of its own, so that row numbers are those of the samples."""
    return shared_maker(workers=1)


@pytest.fixture
def post(fresh):
    def send(path: str, body: str | dict, status: int = 200):
        content = body if isinstance(body, str) else json.dumps(body)
        answer = fresh.admin.http.post(path, content=content, headers={"Content-Type": "application/json"})
        assert answer.status_code == status, answer.text
        return answer.json()["data"] if status == 200 else answer.json()

    return send


@pytest.fixture
def get(fresh):
    def fetch(path: str):
        answer = fresh.admin.http.get(path)
        assert answer.status_code == 200, answer.text
        assert answer.json()["success"] is True
        return answer.json()["data"]

    return fetch


def with_id(sample: str, row: int) -> str:
    return re.sub(r'"id": \d+', f'"id": {row}', sample)


def test_a_key_lives_through_the_samples_from_apply_to_delete(post, get, fresh):
    jack = post("/admin/api-key/apply", samples.APPLY_USER)
    assert set(jack) >= KEY_FIELDS
    assert re.fullmatch(r"br-[A-Za-z0-9]{43}", jack["api_key"])
    assert (jack["name"], jack["role"], jack["group_id"], jack["email"]) == ("jack", "user", 1, "")
    assert (jack["month_quota"], jack["balance"], jack["month_fee"], jack["disabled"]) == (1, 0, 0, False)

    changed = post("/admin/api-key/update", with_id(samples.UPDATE_KEY, jack["id"]))
    assert (changed["month_quota"], changed["name"]) == (10, "jack")
    assert changed["api_key"] == jack["api_key"][:6] + changed["api_key"][6:-4] + jack["api_key"][-4:]
    assert changed["api_key"] != jack["api_key"]

    charged = post("/admin/api-key/recharge", samples.RECHARGE.replace("br-xxxxxxxxxxxxxxx", jack["api_key"]))
    assert charged["balance"] == 0.23
    assert fresh.ledger.balance(jack["id"]) == 230_000_000
    payments = fresh.ledger.rows("SELECT * FROM payments WHERE key_id = ?", jack["id"])
    assert [(row["amount"], row["balance_after"]) for row in payments] == [(230_000_000, 230_000_000)]

    listed = get(samples.KEY_LIST)
    assert (listed["limit"], listed["offset"]) == (10, 0) and listed["total"] == len(listed["items"])
    assert listed["items"][0]["id"] == jack["id"], "newest first"
    assert jack["api_key"] not in json.dumps(listed)

    assert post("/admin/api-key/delete", with_id(samples.DELETE, jack["id"])) is True
    assert all(row["id"] != jack["id"] for row in get(samples.KEY_LIST)["items"])
    post("/admin/api-key/delete", with_id(samples.DELETE, jack["id"]), status=404)


def test_an_admin_key_from_the_sample_may_manage_and_a_user_key_may_not(post, fresh):
    rob = post("/admin/api-key/apply", samples.APPLY_ADMIN)
    assert (rob["role"], rob["month_quota"]) == ("admin", None)
    user = post("/admin/api-key/apply", samples.APPLY_USER)
    for key, status in ((rob["api_key"], 200), (user["api_key"], 403), ("br-unknown", 401)):
        answer = httpx.get(f"{fresh.url}{samples.KEY_LIST}", headers={"Authorization": f"Bearer {key}"})
        assert answer.status_code == status
        assert answer.json()["success"] is (status == 200)
    envelope = answer.json()
    assert envelope["data"] == envelope["error"]["message"]
    assert set(envelope["error"]) >= {"message", "type", "code", "request_id"}
    assert envelope["error"]["request_id"] == answer.headers["x-request-id"]


def test_a_model_lives_through_the_samples_from_save_to_delete(post, get):
    model = post("/admin/model/save", samples.CREATE_MODEL)
    assert (model["name"], model["provider"], model["multiple"]) == ("xxxx", "bedrock-converse", False)
    assert (model["price_in"], model["price_out"]) == (1, 3)
    config = model["config"] if isinstance(model["config"], dict) else json.loads(model["config"])
    assert config["modelId"] == "somevalue"
    post("/admin/model/save", samples.CREATE_MODEL, status=409)

    again = post("/admin/model/save", with_id(samples.UPDATE_MODEL, model["id"]))
    assert again["id"] == model["id"]
    renamed = post("/admin/model/save", {"id": str(model["id"]), "name": "yyyy"})
    assert (renamed["name"], renamed["price_out"]) == ("yyyy", 3)
    assert model["id"] in [row["id"] for row in get(samples.MODEL_LIST)["items"]]
    assert post("/admin/model/delete", with_id(samples.DELETE, model["id"])) is True
    post("/admin/model/delete", with_id(samples.DELETE, model["id"]), status=404)


def test_secrets_in_a_model_s_configuration_come_back_masked_and_survive_saving_the_mask(post, get, fresh):
    secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
    config = {
        "modelId": "m",
        "region": "us-west-2",
        "credentials": [{"accessKeyId": "AKIAEXAMPLE", "secretAccessKey": secret}],
    }
    model = post("/admin/model/save", {"name": "masked", "provider": "bedrock-converse", "config": config})
    assert secret not in json.dumps(model)
    post("/admin/model/save", {"id": model["id"], "config": model["config"], "price_in": 2})
    assert secret not in json.dumps(get("/admin/model/list?q=masked"))
    assert secret.encode() not in fresh.database.read_bytes()


def test_groups_are_listed_saved_and_deleted(post, get):
    first = get(samples.GROUP_LIST)["items"]
    assert 1 in [group["id"] for group in first], "install.sh makes the group of the samples"
    group = post("/admin/group/save", {"name": "research", "key": "rs"})
    key = post("/admin/api-key/apply", {"name": "member", "group_id": group["id"]})
    assert key["group_name"] == "research"
    refusal = post("/admin/group/delete", with_id(samples.DELETE, group["id"]), status=409)
    assert refusal["error"]["code"] == "conflict"
    assert post("/admin/group/delete", {"id": group["id"], "force": True}) is True


@pytest.mark.parametrize("holder", ["group", "api-key"])
def test_each_way_of_authorizing_a_model_works_twice_and_is_seen_at_once(post, get, fresh, holder):
    group = post("/admin/group/save", {"name": f"rights of {holder}"})
    key = post("/admin/api-key/apply", {"name": f"rights of {holder}", "group_id": group["id"], "month_quota": 1})
    model = post(
        "/admin/model/save", {"name": f"echo-{holder}", "provider": "echo", "config": {}, "price_in": 1, "price_out": 1}
    )
    member, number = ("group_id", group["id"]) if holder == "group" else ("key_id", key["id"])
    pair = {member: number, "model_id": model["id"]}

    def usable() -> list[str]:
        answer = httpx.get(f"{fresh.url}/v1/models", headers={"Authorization": f"Bearer {key['api_key']}"})
        assert answer.status_code == 200
        return [item["id"] for item in answer.json()["data"]]

    assert usable() == []
    for _ in range(2):
        post(f"/admin/{holder}/bind-model", pair)
        assert usable() == [model["name"]]
    (right,) = get(f"/admin/{holder}/list-model?{member}={number}")["items"]
    assert (right["model_id"], right["model_name"], right["provider"]) == (model["id"], model["name"], "echo")
    for _ in range(2):
        post(f"/admin/{holder}/unbind-model", pair)
        assert usable() == []
    assert post(f"/admin/{holder}/bind-or-unbind-model", pair) == "created"
    assert post(f"/admin/{holder}/bind-or-unbind-model", pair) == "deleted"


def test_the_sample_completion_is_answered_and_stands_in_the_lists(post, get, fresh):
    key = post("/admin/api-key/apply", samples.APPLY_USER)
    model = post("/admin/model/save", {"name": "claude-3-sonnet", "provider": "echo", "price_in": 1, "price_out": 1})
    post("/admin/api-key/bind-model", {"key_id": key["id"], "model_id": model["id"]})
    headers = {"Authorization": f"Bearer {key['api_key']}", "Content-Type": "application/json", "Session-Id": "s-1"}
    answer = httpx.post(f"{fresh.url}/v1/chat/completions", content=samples.COMPLETION, headers=headers)
    assert answer.status_code == 200 and answer.text.rstrip().endswith("data: [DONE]")
    (thread,) = get(samples.THREAD_LIST.replace("key_id=", f"key_id={key['id']}"))["items"]
    assert (thread["prompt"], thread["status"], thread["model"]) == ("ping", "ok", "claude-3-sonnet")
    (session,) = get(samples.SESSION_LIST.replace("key_id=", f"key_id={key['id']}"))["items"]
    assert session["id"] == thread["session_id"] and session["key"] == "s-1"
    models = httpx.get(f"{fresh.url}/v1/models", headers=headers).json()
    assert models["object"] == "list"
    by_name = {model["id"]: model for model in models["data"]}
    assert set(by_name) == {"claude-3-sonnet", "demo"}, "its own, and its group's"
    listed = by_name["claude-3-sonnet"]
    assert listed["object"] == "model"
    assert listed["created"] > 1_700_000_000 and listed["owned_by"]
    one = httpx.get(f"{fresh.url}/v1/models/claude-3-sonnet", headers=headers)
    assert one.json() == listed


@pytest.mark.parametrize(
    ("path", "body", "status", "param"),
    [
        ("/admin/api-key/apply", {"role": "user"}, 400, "name"),
        ("/admin/api-key/apply", {"name": "x", "surprise": 1}, 400, "surprise"),
        ("/admin/api-key/apply", {"name": "x", "role": "king"}, 400, "role"),
        ("/admin/api-key/apply", {"name": "x", "month_quota": "much"}, 400, "month_quota"),
        ("/admin/api-key/apply", {"name": "x", "month_quota": 0.0000000001}, 400, "month_quota"),
        ("/admin/api-key/recharge", {"id": 1, "balance": -1}, 400, "balance"),
        ("/admin/api-key/update", {"id": 99999, "name": "x"}, 404, None),
        ("/admin/model/save", {"name": "x", "provider": "unheard-of"}, 400, "provider"),
        ("/admin/model/save", {"name": "x", "provider": "bedrock-converse", "config": "{broken"}, 400, "config"),
        ("/admin/model/delete", {"id": "many"}, 400, "id"),
    ],
)
def test_bad_input_is_refused_naming_the_field(post, path, body, status, param):
    answer = post(path, body, status)
    assert answer["success"] is False and answer["data"]
    if param is not None:
        assert answer["error"]["param"].startswith(param)


@pytest.mark.parametrize("query", ["limit=0", "limit=1001", "offset=-1", "order_by=hash", "limit=ten"])
def test_lists_refuse_what_is_out_of_their_limits(fresh, query):
    assert fresh.admin.http.get(f"/admin/api-key/list?{query}").status_code == 400
