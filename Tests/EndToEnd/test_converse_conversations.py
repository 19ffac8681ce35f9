"""Conversations made by chance: Bedrock gets a body that its service model allows, or the client a 400 that names a field."""

from __future__ import annotations

import json
import re
from collections import Counter

import pytest

from harness.conversations import Generator

#: One model of each way to treat a request.
MODELS = [
    "anthropic.claude-3-7-sonnet",
    "anthropic.claude-sonnet-4-5",
    "anthropic.claude-opus-4-6",
    "anthropic.claude-opus-4-8",
    "amazon.nova-2-lite",
    "meta.llama3-1-70b",
    "mistral.voxtral-small",
    "openai.gpt-oss-20b",
    "deepseek.r1",
    "new.model-v1",
]
PATH = re.compile(r"[a-z_A-Z]+(\[\d+\])?(\.[a-zA-Z_]+(\[\d+\])?)*")
QUICK, ALL = 400, 10_000
#: nginx closes a connection after 1,000 requests.
A_CONNECTION = 500


def named_field(status: int, answer: bytes, told: str) -> str:
    """The field that an error names, without its numbers; fails unless it is a 400 that does so."""
    assert status == 400, told
    error = json.loads(answer)["error"]
    assert error["type"] == "invalid_request_error", told
    path = error["param"] or ""
    assert PATH.fullmatch(path) and re.split(r"[.\[]", path)[0] in error["message"], told
    return re.sub(r"\d+", "n", path)


@pytest.mark.parametrize(
    "count", [QUICK, pytest.param(ALL, marks=[pytest.mark.load, pytest.mark.timeout(900)])], ids=["quick", "all"]
)
def test_a_generated_conversation_is_a_valid_body_or_a_400_that_names_the_field(provider, make_caller, count):
    """The fixture `provider` fails the test if botocore or the service's rules find fault with anything that was sent."""
    script = provider.script(["text", "ok"], ["finish", "end_turn"], ["usage", {"inputTokens": 1, "outputTokens": 1}])
    callers = [
        make_caller(
            script,
            config={"baseModelId": base, **({"promptCache": "1h"} if number % 2 else {})},
            model={"multiple": True},
            key={"month_quota": None if number % 2 else 1000},
        )
        for number, base in enumerate(MODELS)
    ]
    generator = Generator(seed=count)
    outcomes: Counter[str] = Counter()
    for start in range(0, count, A_CONNECTION):
        with callers[0].instance.connect(timeout=30) as connection:
            for number in range(start, min(start + A_CONNECTION, count)):
                caller, request = callers[number % len(callers)], generator.request()
                body = {"model": caller.model, **request}
                connection.send("POST", "/v1/chat/completions", caller.headers, json.dumps(body).encode())
                status, answer = connection.head().status, connection.body()
                outcomes[str(status)] += 1
                if status != 200:
                    told = f"{MODELS[number % len(MODELS)]}: {json.dumps(body)}\n{answer!r}"
                    outcomes[named_field(status, answer, told)] += 1
    print(dict(outcomes.most_common()))
    assert outcomes["200"] > count // 2, outcomes
    assert len(script.calls(brief=True)) == outcomes["200"]
