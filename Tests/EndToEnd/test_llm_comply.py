"""The suite llm-comply: chat completions, messages and responses hold to the schemas and rules of their specifications."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

USAGE = ["usage", {"inputTokens": 21, "outputTokens": 9}]
TEXT = [["text", "Hello"], ["text", " there, "], ["text", "friend."], ["finish", "end_turn"], USAGE]
TOOL = [["tool", "tooluse_1", "get_weather", ['{"location":', ' "Oslo"}']], ["finish", "tool_use"], USAGE]
THINKING = [["reasoning", "15 * 37"], ["reasoning", " is 555."], ["signature", "c2lnbg=="], *TEXT]

#: What the suite asks for is told by what its requests have.
ASKED = [["get_weather", {"steps": TOOL}], ["15 * 37", {"steps": THINKING}]]

#: The suite's own tests of each interface, all of which have to run: it leaves out what a model's name does not promise.
FORMATS = {"chat": ("openai-chat", 9), "messages": ("anthropic", 9), "responses": ("open-responses", 13)}
NAME = "gpt-5-and-claude-opus"


def run(caller, api: str) -> list[dict]:
    name, count = FORMATS[api]
    anthropic = ["--auth-header", "x-api-key", "--no-bearer", "-H", "anthropic-version:2023-06-01"]
    command = [
        *(sys.executable, "-m", "llm_comply.cli", "--json", "--timeout", "20", "--format", name),
        *("-u", f"{caller.instance.url}/v1", "-k", caller.key, "-m", caller.model),
        *(anthropic if api == "messages" else []),
    ]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60)
    results = json.loads(ended.stdout)["results"]
    assert len(results) == count, ended.stdout
    return results


@pytest.mark.parametrize("api", FORMATS)
@pytest.mark.parametrize("kind", ["bedrock", "openai", "anthropic"])
def test_every_test_of_the_suite_passes(provider, make_caller, kind, api):
    script = provider.script(*TEXT, asked=ASKED)
    base = {"baseModelId": "anthropic.claude-3-7-sonnet-20250219-v1:0"} if kind == "bedrock" else {}
    caller = make_caller(script, kind, config=base)
    name = caller.instance.admin.unique(NAME)
    caller.model_row = caller.instance.admin.post("/admin/model/save", id=caller.model_row["id"], name=name, multiple=True)
    results = run(caller, api)
    told = json.dumps([result for result in results if result["status"] != "passed" or "warnings" in result], indent=1)
    assert {result["status"] for result in results} == {"passed"}, told
    print(told)
