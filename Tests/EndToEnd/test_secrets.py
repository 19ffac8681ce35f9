"""Keys and secrets of providers and bots, planted wherever they can be given and looked for wherever they may show."""

from __future__ import annotations

import base64
import json
import signal
import time
import urllib.parse
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from harness.instance import Instance
from scripted import openai, signature
from test_commands import brook

HELLO = (["text", "pong"], ["finish", "end_turn"], ["usage", {"inputTokens": 1, "outputTokens": 1}])


def planted(what: str) -> str:
    return f"planted-{what}-7f3Kq9Zr2Lx8Vw5Tn4Bm6"


#: Of no model that is called, so they may be anything.
BEDROCK = {
    "modelId": "x",
    "region": "us-east-1",
    "credentials": [
        {
            "accessKeyId": "AKIDPLANTED",
            "secretAccessKey": planted("aws-secret"),
            "sessionToken": planted("aws-session"),
        }
    ],
}
BEARER = {"modelId": "x", "region": "us-east-1", "bearerToken": planted("bearer")}
OPENAI = {
    "baseURL": "http://127.0.0.1:9/v1",
    "apiKey": planted("openai"),
    "model": "x",
    "headers": {"X-Secret": planted("header")},
    "query": {"sig": planted("query")},
}
BOT = {
    "appId": "cli_planted",
    "appSecret": planted("app-secret"),
    "verificationToken": planted("verification"),
    "encryptKey": planted("encrypt"),
    "modelId": "1",
}

READS = [
    *(f"/admin/{name}/list" for name in ("api-key", "payment", "model", "group", "session", "thread", "audit")),
    *(f"/admin/{name}/list" for name in ("bot/feishu", "bot-connector")),
    *(
        f"/admin/{name}/detail/{row}"
        for name in ("api-key", "model", "group", "session", "thread")
        for row in range(1, 6)
    ),
    *("/admin/bot/feishu/detail/1", "/admin/bot-connector/detail/1", "/admin/model/list-providers"),
    *("/admin/group/list-model?group_id=1", "/admin/api-key/list-model?key_id=2", "/admin/thread/export"),
    *("/admin/statistics/latency", "/user/statistics/latency"),
    *("/admin/statistics/total", "/admin/statistics/usage", "/admin/statistics/usage?group_by=key"),
    *("/user/session/list", "/user/thread/list", "/user/api-key/mine", "/user/model/list", "/user/statistics/usage"),
    *("/user/session/detail/1", "/user/thread/detail/1", "/v1/models", "/v1/models/demo"),
    *("/healthz", "/readyz", "/metrics", "/", "/nothing", "/admin/nothing"),
]


class Watch:
    """All that was answered, by who asked for what."""

    def __init__(self) -> None:
        self.answers: list[tuple[str, bytes]] = []

    def client(self, instance: Instance, key: str) -> httpx.Client:
        def keep(answer: httpx.Response) -> None:
            head = "\n".join(f"{name}: {value}" for name, value in answer.headers.items())
            request = answer.request
            self.answers.append((f"{request.method} {request.url.path}", head.encode() + b"\n\n" + answer.read()))

        headers = {"Authorization": f"Bearer {key}"}
        return httpx.Client(base_url=instance.url, headers=headers, timeout=15, event_hooks={"response": [keep]})


@pytest.fixture
def watch() -> Watch:
    return Watch()


def forms(secret: str) -> Iterator[bytes]:
    """As it is, and as what quotes it may write it."""
    yield secret.encode()
    yield base64.b64encode(secret.encode()).rstrip(b"=")[:-1]
    yield secret.encode().hex().encode()
    yield urllib.parse.quote(secret, safe="").encode()


def findings(data: bytes, secrets: dict[str, str]) -> list[str]:
    return [name for name, secret in secrets.items() if any(form in data for form in forms(secret))]


def made(answer: httpx.Response) -> dict:
    assert answer.status_code == 200, answer.text
    return answer.json()["data"]


# What the provider says of itself is not what this is about.
@pytest.mark.faults("a provider that quotes what it was sent")
def test_no_planted_secret_stands_in_any_file_answer_log_or_output(
    provider, make_instance, make_caller, watch, tmp_path
):
    instance = make_instance(workers=2)
    admin = watch.client(instance, instance.admin_key)
    secrets = {"the admin's key": instance.admin_key}
    shown_once: dict[str, int] = {}

    def remember(name: str, key: str) -> str:
        secrets[name] = key
        # The answer that was just given is the only one that may have it.
        shown_once[name] = len(watch.answers) - 1
        return key

    for config in (BEDROCK, BEARER, OPENAI):
        kind = "openai-compatible" if config is OPENAI else "bedrock-converse"
        text = {"name": f"planted {len(secrets)} {kind}{id(config)}", "provider": kind, "config": config}
        model = made(admin.post("/admin/model/save", json=text))
        # Once more, as a page does: what was read is saved again, and once as text.
        made(admin.post("/admin/model/save", json={"id": model["id"], "config": json.dumps(model["config"])}))
        admin.post("/admin/model/test", json={"id": model["id"]})
    user = made(admin.post("/admin/api-key/apply", json={"name": "user", "month_quota": 1, "group_id": 1}))
    old = remember("a key that was replaced", user["api_key"])
    user = made(admin.post("/admin/api-key/reset-key", json={"id": user["id"], "overlap_s": 3600}))
    key = remember("a user's key", user["api_key"])
    imported = made(admin.post("/admin/api-key/import", json={"csv": "Ada,\n"}))["items"][0]
    remember("an imported key", imported["api_key"])
    made(admin.post("/admin/bot/feishu/save", json={"name": "bot", "config": {**BOT, "apiKey": key}}))
    for config in (BEDROCK["credentials"][0], BEARER, OPENAI, BOT):
        secrets |= {value: value for value in config.values() if str(value).startswith("planted-")}
    secrets |= {planted("header"): planted("header"), planted("query"): planted("query")}
    assert len(secrets) == 13

    # Calls that work, with the old text and the new; and recharges that name the key by its text.
    script = provider.script(*HELLO)
    caller = make_caller(script, "openai", instance=instance)
    secrets |= {"the scripted OpenAI key": openai.API_KEY, "the scripted AWS secret": signature.SECRET_KEY}
    instance.admin.bind(user["id"], caller.model_row["id"])
    clients = {text: watch.client(instance, text) for text in (old, key)}
    for text, client in clients.items():
        for stream in (False, True):
            body = caller.body(stream=stream)
            assert client.post("/v1/chat/completions", json=body, headers={"Session-Id": "s"}).status_code == 200
        made(admin.post("/admin/api-key/recharge", json={"api_key": text, "balance": 1, "note": "by text"}))
    # Trouble: a provider that quotes the key it was sent, wrong input that has a key in it, keys that are none.
    for status in (400, 401, 403, 429, 500):
        quoting = openai.refusal(status, f"Incorrect API key provided: {openai.API_KEY}", "invalid_request_error")
        script.set(refuse=quoting)
        assert clients[key].post("/v1/chat/completions", json=caller.body()).status_code >= 400
        admin.post("/admin/model/test", json={"id": caller.model_row["id"]})
    for path, body in (
        ("/admin/api-key/recharge", {"api_key": key, "balance": "x"}),
        ("/admin/api-key/recharge", {"api_key": key + "x", "balance": 1}),
        ("/admin/api-key/recharge", {"api_key": key, "id": 1, "balance": 1}),
        ("/admin/api-key/apply", {"name": "x", "api_key": key}),
        ("/admin/model/save", {"name": "x", "provider": "openai-compatible", "config": {**OPENAI, "apiKey": 5}}),
        ("/admin/model/save", {"name": "x", "provider": "openai-compatible", "config": {**OPENAI, "surprise": 5}}),
        ("/admin/model/save", {"name": "x", "provider": "openai-compatible", "config": json.dumps(OPENAI)[:-1]}),
        ("/admin/bot/feishu/save", {"name": "bot", "config": BOT}),
    ):
        assert admin.post(path, json=body).status_code in (400, 404, 409), path
    assert clients[key].get("/admin/model/list").status_code == 403
    with instance.connect() as connection:
        connection.send("GET", "/v1/models", {"Authorization": f"Basic {key}"})
        assert connection.head().status == 401
        watch.answers.append(("GET with another scheme", connection.body()))
    for client in (admin, *clients.values()):
        for path in READS:
            client.get(path)
    # Before a worker dies: the next may find the log without a user, and empties it.
    log = instance.database.with_name("brook.db-wal").read_bytes()
    assert len(log) > 100_000
    (tmp_path / "brook.db-wal").write_bytes(log)
    instance.workers()[0].send(signal.SIGKILL)
    instance.wait_for_workers(2)

    folder = instance.database.parent
    state = {"BROOK_STATE_DIR": str(folder)}
    database_files = {path.name for path in folder.glob("brook.db*")}
    assert {"brook.db", "brook.db-wal", "brook.db-shm", "brook.db.holds-3"} <= database_files
    assert brook("backup", str(tmp_path / "backup.db"), **state).returncode == 0
    commands = ("key list", "doctor --offline", "check-config", "ledger verify")
    outputs = [brook(*command.split(), **state) for command in commands]
    assert all(output.returncode == 0 for output in outputs), outputs
    # The scripted providers know none of the keys that were planted.
    outputs.append(brook("doctor", **state))

    # nginx writes its log once a second.
    time.sleep(2)
    files = [path for where in (instance.folder, tmp_path) for path in where.rglob("*") if path.is_file()]
    # That of the admin is there to be read by its owner.
    searched = {path: path.read_bytes() for path in files if path.name != "admin.key"}
    assert any(b"by text" in data for path, data in searched.items() if path.name.startswith("brook.db"))
    assert b"by text" in searched[tmp_path / "backup.db"], "the search must be able to find something"
    found = {str(path): names for path, data in searched.items() if (names := findings(data, secrets))}
    assert not found
    for output in outputs:
        assert not findings((output.stdout + output.stderr).encode(), secrets), output.args
    assert sum(data.count(b"HTTP/1.1") for path, data in searched.items() if path.name == "access.log") > 100

    assert len(watch.answers) > 3 * len(READS)
    shown = []
    for number, (what, answer) in enumerate(watch.answers):
        for name in findings(answer, secrets):
            if shown_once.get(name) == number:
                shown_once.pop(name)
            else:
                shown.append((what, name))
    assert not shown
    assert not shown_once, "a new key is shown once"


def test_the_key_file_opens_what_is_stored_and_stands_in_no_backup(make_instance, tmp_path: Path):
    instance = make_instance(workers=1)
    secret_key = (instance.database.parent / "secret.key").read_bytes()
    assert len(secret_key.strip()) >= 32
    backup = tmp_path / "backup.db"
    assert brook("backup", str(backup), BROOK_STATE_DIR=str(instance.database.parent)).returncode == 0
    assert secret_key.strip() not in backup.read_bytes()
    for path in instance.folder.rglob("*"):
        if path.is_file() and path.name != "secret.key":
            assert secret_key.strip() not in path.read_bytes(), path
