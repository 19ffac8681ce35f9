"""The OpenAPI document: that it is one, who gets it, and that no answer leaves it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from harness.instance import Instance
from harness.openapi import Document
from harness.provider import Provider
from test_commands import brook

HERE = Path(__file__).parent
CHECKS = ",".join(
    (
        *("not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance"),
        *("response_headers_conformance", "unsupported_method", "allow_header_conformance"),
    )
)
#: What the scripted provider answers whatever it is asked: every kind of content that an answer can have.
ANSWER = (
    ["reasoning", "hm"],
    ["signature", "c2lnbg=="],
    ["text", "pong"],
    ["tool", "tooluse_1", "look", ['{"a"', ": 1}"]],
    ["finish", "tool_use"],
    ["usage", {"inputTokens": 8, "outputTokens": 4, "cacheReadInputTokens": 2}],
)
SEED = 20261121


def test_the_document_is_valid_and_for_administrators_only(instance):
    document = Document(instance.url, instance.admin_key)
    OpenAPIV31SpecValidator(document.published).validate()
    assert {operation["operationId"] for _, _, operation in document.operations()} >= {
        "postV1ChatCompletions",
        "getAdminApiKeyDetailById",
        "getOpenapiJson",
    }
    key = instance.admin.create_key()["api_key"]
    answer = httpx.get(f"{instance.url}/openapi.json", headers={"x-api-key": key})
    assert answer.status_code == 403 and document.problems("GET", "/openapi.json", answer) == []
    answer = httpx.get(f"{instance.url}/openapi.json")
    assert answer.status_code == 401 and document.problems("GET", "/openapi.json", answer) == []


@pytest.mark.timeout(180)
@pytest.mark.faults("conversations are generated, and Bedrock's rules for them are not in the document")
def test_schemathesis_finds_no_answer_outside_the_document(provider, make_instance, tmp_path):
    # Long enough to come to every operation on a busy machine.
    answered = explore(make_instance(workers=2), provider, tmp_path, seconds=50)
    assert sum(sum(counts.values()) for counts in answered.values()) > 500


@pytest.mark.load
@pytest.mark.timeout(200)
@pytest.mark.faults("as above")
def test_schemathesis_finds_no_answer_outside_the_document_in_a_minute(provider, make_instance, tmp_path):
    answered = explore(make_instance(workers=2), provider, tmp_path, seconds=60)
    total = sum(sum(counts.values()) for counts in answered.values())
    print(f"\n{total} requests: {json.dumps(answered)}")
    assert total > 2000
    # What it generated was also taken, by nearly every operation.
    assert sum("200" in counts for counts in answered.values()) > 0.8 * len(answered)


def explore(instance: Instance, provider: Provider, folder: Path, seconds: int) -> dict[str, dict[str, int]]:
    """Runs schemathesis, and looks whether the instance is as it should be afterwards. Answers counts by operation."""
    document = Document(instance.url, instance.admin_key)
    (folder / "openapi.json").write_text(json.dumps(document.closed))
    workers = {process.pid for process in instance.workers()}
    plan, key = prepare(instance, provider)
    plan["report"] = str(folder / "answered.json")
    ran = subprocess.run(
        [
            *(sys.executable, "-m", "schemathesis.cli", "run", str(folder / "openapi.json"), "--url", instance.url),
            *("--header", f"Authorization: Bearer {key}", "--seed", str(SEED), "--max-time", str(seconds)),
            *("--checks", CHECKS, "--generation-database", "none", "--request-timeout", "15", "--no-color"),
            *("--suppress-health-check", "all", "--warnings", "off", "--continue-on-failure"),
        ],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(HERE), "SCHEMATHESIS_HOOKS": "fuzzing", "BROOK_FUZZING": json.dumps(plan)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=seconds + 90,
    )
    assert ran.returncode == 0, ran.stdout[-12000:]
    answered = json.loads((folder / "answered.json").read_text())
    assert set(answered) == {f"{method} {path}" for method, path, _ in document.operations()}
    # The key was not locked out, no worker died, and the books are right.
    assert httpx.get(f"{instance.url}/user/api-key/mine", headers={"x-api-key": key}).status_code == 200
    assert not any("401" in counts for counts in answered.values())
    assert {process.pid for process in instance.workers()} == workers
    verified = brook("ledger", "verify", BROOK_STATE_DIR=str(instance.database.parent))
    assert verified.returncode == 0, verified.stdout + verified.stderr
    return answered


def prepare(instance: Instance, provider: Provider) -> tuple[dict[str, Any], str]:
    """Some rows of each kind to meet, and an administrator's key for the run alone."""
    admin = instance.admin
    (demo,) = admin.get("/admin/model/list")["items"]
    key = admin.create_key(role="admin", month_quota=None)
    scripted = [
        admin.create_model("bedrock-converse", provider.script(*ANSWER).bedrock_config()),
        admin.create_model("openai-compatible", provider.script(*ANSWER).openai_config()),
        admin.create_model("anthropic", provider.script(*ANSWER).anthropic_config()),
    ]
    models = [demo, *scripted]
    for model in models:
        admin.bind(key["id"], model["id"])
    admin.post("/admin/api-key/recharge", id=key["id"], balance=5)
    # Its platform is nowhere: tests of it must not leave the machine.
    webhook = {"appId": "cli_1", "appSecret": "s", "apiKey": key["api_key"], "modelId": demo["name"]}
    webhook["baseUrl"] = "http://127.0.0.1:9"
    admin.post("/admin/bot/feishu/save", name="helper", config=webhook)
    body = {"model": demo["name"], "messages": [{"role": "user", "content": "ping"}]}
    headers = {"Authorization": f"Bearer {key['api_key']}", "Session-Id": "s-1"}
    assert httpx.post(f"{instance.url}/v1/chat/completions", json=body, headers=headers).status_code == 200
    plan = {"seed": SEED, "keys": [1, key["id"]], "models": [model["id"] for model in models]}
    plan["names"] = [model["name"] for model in models]
    return plan, key["api_key"]
