"""An agent's conversation: the model calls a tool, is told its result, and answers."""

from __future__ import annotations

import json
from typing import Any

from .caller import Caller
from .provider import Provider, Script
from .waiting import until

QUESTION = "What is the weather in Oslo?"
RESULT = "Rain, 4 degrees"
PIECES = ["It rains", " in Oslo", ", at 4 degrees", "."]
ANSWER = "".join(PIECES)

#: What each of the two calls uses.
USAGE = [{"inputTokens": 120, "outputTokens": 18}, {"inputTokens": 160, "outputTokens": 9}]


def script(provider: Provider) -> Script:
    call = {
        "steps": [
            ["text", "Let me look."],
            ["tool", "tooluse_oslo", "weather", ['{"ci', 'ty": "Os', 'lo"}']],
            ["finish", "tool_use"],
            ["usage", USAGE[0]],
        ]
    }
    answer = {"steps": [*(["text", piece] for piece in PIECES), ["finish", "end_turn"], ["usage", USAGE[1]]]}
    return provider.script(sequence=[call, answer])


def job(caller: Caller, **members: Any) -> dict[str, Any]:
    """What an agent is told to do."""
    url = caller.instance.url
    return {"url": url, "key": caller.key, "model": caller.model, "question": QUESTION, "result": RESULT, **members}


def assert_seen(seen: dict[str, Any]) -> None:
    """The agent was given the tool's call, a streamed answer, and the tokens of both."""
    assert seen["said"] == "Let me look."
    assert seen["calls"] == [{"name": "weather", "args": {"city": "Oslo"}, "id": "tooluse_oslo"}]
    assert seen["pieces"] == PIECES and seen["answer"] == ANSWER
    assert seen["usage"] == [[used["inputTokens"], used["outputTokens"]] for used in USAGE]


def assert_told(caller: Caller, stream: bool) -> None:
    """Both calls reached the provider as they should have; the second has the call and its result."""
    first, second = caller.script.calls()
    assert (first.stream, second.stream) == (stream, True)
    if caller.kind == "bedrock":
        told = second.json["messages"]
        assert [message["role"] for message in told] == ["user", "assistant", "user"]
        call = {"toolUseId": "tooluse_oslo", "name": "weather", "input": {"city": "Oslo"}}
        assert told[1]["content"] == [{"text": "Let me look."}, {"toolUse": call}]
        (result,) = told[2]["content"]
        assert result["toolResult"]["toolUseId"] == "tooluse_oslo"
        assert result["toolResult"]["content"] == [{"text": RESULT}]
    else:
        told = second.json["messages"]
        assert [message["role"] for message in told] == ["user", "assistant", "tool"]
        (call,) = told[1]["tool_calls"]
        assert (call["id"], call["function"]["name"]) == ("tooluse_oslo", "weather")
        assert json.loads(call["function"]["arguments"]) == {"city": "Oslo"}
        assert (told[2]["tool_call_id"], told[2]["content"]) == ("tooluse_oslo", RESULT)


def assert_recorded(caller: Caller) -> None:
    """The ledger has a row for each call with its tokens and its fee at 3 and 15 dollars a million, and no hold."""
    until(lambda: len(caller.instance.ledger.threads(caller.key_id)) == 2, "both calls were recorded")
    rows: list[dict[str, Any]] = caller.instance.ledger.threads(caller.key_id)
    for row, usage in zip(rows, USAGE, strict=True):
        tokens = usage["inputTokens"], usage["outputTokens"]
        assert (row["tokens_in"], row["tokens_out"], row["status"]) == (*tokens, "ok")
        assert row["fee"] == tokens[0] * 3_000 + tokens[1] * 15_000
    assert rows[1]["completion"] == ANSWER
    caller.assert_released()
