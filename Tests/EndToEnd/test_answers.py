"""Answers in one piece, requests as the provider gets them, and what the ledger says of a call."""

from __future__ import annotations

import base64
import json
from decimal import Decimal

import pytest

from harness.caller import text_of
from harness.waiting import until

both_providers = pytest.mark.parametrize("kind", ["bedrock", "openai"])
USAGE = {"inputTokens": 11, "outputTokens": 7}
PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
WEATHER = {
    "type": "function",
    "function": {
        "name": "weather",
        "description": "Tells the weather.",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
    },
}


@both_providers
def test_an_answer_in_one_piece_has_all_that_the_openai_client_knows(provider, make_caller, kind):
    caller = make_caller(
        provider.script(["text", "Hel"], ["text", "lo"], ["finish", "end_turn"], ["usage", USAGE]), kind
    )
    answer = caller.ask()
    assert answer.object == "chat.completion" and answer.id and answer.created > 1_700_000_000
    assert answer.model == caller.model
    assert answer.choices[0].message.role == "assistant"
    assert answer.choices[0].message.content == "Hello"
    assert answer.choices[0].finish_reason == "stop"
    assert (answer.usage.prompt_tokens, answer.usage.completion_tokens, answer.usage.total_tokens) == (11, 7, 18)


@both_providers
def test_text_and_tool_calls_stand_together_in_one_answer(provider, make_caller, kind):
    script = provider.script(
        ["reasoning", "hm"],
        ["text", "Looking."],
        ["tool", "tooluse_1", "weather", ['{"city":', '"Oslo"}']],
        ["finish", "tool_use"],
        ["usage", USAGE],
    )
    caller = make_caller(script, kind)
    message = caller.ask(tools=[WEATHER]).choices[0].message
    assert message.content == "Looking."
    assert message.reasoning_content == "hm"
    assert [(call.id, call.type, call.function.name) for call in message.tool_calls] == [
        ("tooluse_1", "function", "weather")
    ]

    assert json.loads(message.tool_calls[0].function.arguments) == {"city": "Oslo"}


@both_providers
def test_an_answer_of_tool_calls_alone_has_null_as_content(provider, make_caller, kind):
    script = provider.script(["tool", "tooluse_1", "weather", []], ["finish", "tool_use"], ["usage", USAGE])
    choice = make_caller(script, kind).ask(tools=[WEATHER]).choices[0]
    assert choice.message.content is None
    assert choice.finish_reason == "tool_calls"


def test_a_whole_conversation_reaches_bedrock_as_its_service_model_demands(provider, make_caller):
    """The fixture `provider` fails the test if botocore's model or the service's rules find fault."""
    caller = make_caller(
        provider.script(["text", "ok"], ["finish", "end_turn"], ["usage", USAGE]), model={"multiple": True}
    )
    image = {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PNG}"}}
    call = {"id": "call_1", "type": "function", "function": {"name": "weather", "arguments": '{"city":"Oslo"}'}}
    other = {"id": "call_2", "type": "function", "function": {"name": "weather", "arguments": ""}}
    caller.ask(
        messages=[
            {"role": "system", "content": "Be brief."},
            {"role": "developer", "content": [{"type": "text", "text": "Be kind."}]},
            {"role": "user", "content": [{"type": "text", "text": "See:"}, image]},
            {"role": "user", "content": "And the weather?"},
            {"role": "assistant", "content": None, "tool_calls": [call, other]},
            {"role": "tool", "tool_call_id": "call_1", "content": "Rain"},
            {"role": "tool", "tool_call_id": "call_2", "content": [{"type": "text", "text": "Sun"}]},
            {"role": "user", "content": "Thanks."},
        ],
        tools=[WEATHER],
        temperature=0,
        top_p=0.5,
        max_tokens=99,
        stop=["END", ""],
    )
    sent = caller.script.call.json
    assert [block["text"] for block in sent["system"]] == ["Be brief.", "Be kind."]
    assert [message["role"] for message in sent["messages"]] == ["user", "assistant", "user"]
    first, second, third = (message["content"] for message in sent["messages"])
    assert [next(iter(block)) for block in first] == ["text", "image", "text"]
    assert first[1]["image"]["format"] == "png"
    assert base64.b64decode(first[1]["image"]["source"]["bytes"]) == base64.b64decode(PNG)
    assert [block["toolUse"]["input"] for block in second] == [{"city": "Oslo"}, {}]
    assert [next(iter(block)) for block in third] == ["toolResult", "toolResult", "text"]
    inference = sent["inferenceConfig"]
    assert (inference["maxTokens"], inference["temperature"]) == (99, 0)
    assert inference["stopSequences"] == ["END"]
    assert sent["toolConfig"]["tools"][0]["toolSpec"]["inputSchema"]["json"] == WEATHER["function"]["parameters"]


def test_history_with_tool_calls_is_sent_with_tools_also_when_the_client_left_them_out(provider, make_caller):
    caller = make_caller(provider.script(["text", "ok"], ["finish", "end_turn"], ["usage", USAGE]))
    call = {"id": "call_1", "type": "function", "function": {"name": "weather", "arguments": "{}"}}
    caller.ask(
        messages=[
            {"role": "user", "content": "weather?"},
            {"role": "assistant", "content": None, "tool_calls": [call]},
            {"role": "tool", "tool_call_id": "call_1", "content": "Rain"},
        ]
    )
    assert caller.script.call.json["toolConfig"]["tools"]


def test_max_completion_tokens_wins_over_max_tokens(provider, make_caller):
    caller = make_caller(provider.script(["text", "ok"], ["finish", "end_turn"], ["usage", USAGE]))
    caller.ask(max_tokens=50, max_completion_tokens=60)
    assert caller.script.call.json["inferenceConfig"]["maxTokens"] == 60


PRICES = {
    "price_in": 3,
    "price_out": 15,
    "price_cache_read": 0.3,
    "price_cache_write": 3.75,
    "price_cache_write_1h": 6,
}
CACHED = {
    "inputTokens": 101,
    "outputTokens": 57,
    "cacheReadInputTokens": 1001,
    "cacheWriteInputTokens": 500,
    "cacheDetails": [{"ttl": "1h", "inputTokens": 200}, {"ttl": "5m", "inputTokens": 300}],
}
#: The prices in nano-dollars a token, times the counts.
CACHED_FEE = 101 * 3000 + 57 * 15000 + 1001 * 300 + 300 * 3750 + 200 * 6000


@pytest.mark.parametrize("stream", [False, True])
def test_each_kind_of_token_is_charged_at_its_own_price(provider, make_caller, stream):
    caller = make_caller(provider.script(["text", "x"], ["finish", "end_turn"], ["usage", CACHED]), model=PRICES)
    answer = caller.ask(stream=stream, **({"stream_options": {"include_usage": True}} if stream else {}))
    usage = answer[-1].usage if stream else answer.usage
    assert (usage.prompt_tokens, usage.completion_tokens, usage.total_tokens) == (1602, 57, 1659)
    assert usage.prompt_tokens_details.cached_tokens == 1001
    thread = caller.thread()
    assert (thread["tokens_cache_read"], thread["tokens_cache_write"]) == (1001, 500)
    assert caller.stored()["fee"] == CACHED_FEE
    assert thread["estimated"] is False
    caller.assert_released()


def test_money_is_printed_exactly_and_never_with_an_exponent(provider, make_caller):
    script = provider.script(["text", "x"], ["finish", "end_turn"], ["usage", {"inputTokens": 1, "outputTokens": 0}])
    caller = make_caller(script, model={"price_in": 0.001, "price_out": 0})
    caller.ask()
    caller.thread()
    raw = caller.instance.admin.http.get("/admin/thread/list", params={"key_id": caller.key_id}).text
    assert '"fee":0.000000001' in raw.replace(" ", "")
    assert caller.stored()["fee"] == 1


@both_providers
@pytest.mark.parametrize("stream", [False, True])
def test_the_record_of_a_call_says_what_was_asked_and_answered(provider, make_caller, kind, stream):
    caller = make_caller(provider.script(["text", "Hello"], ["finish", "end_turn"], ["usage", USAGE]), kind)
    answer = caller.openai.chat.completions.with_raw_response.create(
        **caller.body(stream=stream), extra_headers={"Session-Id": "talk-1"}
    )
    assert (text_of(list(answer.parse())) if stream else answer.parse().choices[0].message.content) == "Hello"
    thread = caller.thread()
    assert thread["request_id"] == answer.headers["x-request-id"]
    assert (thread["prompt"], thread["completion"]) == ("ping", "Hello")
    assert (thread["tokens_in"], thread["tokens_out"]) == (11, 7)
    assert (thread["model"], thread["provider"], thread["key_name"]) == (
        caller.model,
        {"bedrock": "bedrock-converse", "openai": "openai-compatible"}[kind],
        caller.key_row["name"],
    )
    assert (thread["status"], thread["finish_reason"], thread["stream"]) == ("ok", "stop", stream)
    assert Decimal(str(thread["fee"])) == Decimal("0.000138")
    assert thread["first_byte_latency"] >= 0 and thread["invocation_latency"] >= thread["first_byte_latency"]
    (session,) = caller.instance.admin.get("/admin/session/list", key_id=caller.key_id)["items"]
    assert (session["key"], session["title"], session["thread_count"]) == ("talk-1", "ping", 1)
    assert (session["total_in_tokens"], session["total_out_tokens"]) == (11, 7)
    caller.assert_released()


@pytest.mark.parametrize("stream", [False, True])
def test_a_call_is_recorded_before_the_client_sees_its_end(provider, make_caller, stream):
    caller = make_caller(provider.script(["text", "Hello"], ["finish", "end_turn"], ["usage", USAGE]))
    for count in range(1, 6):
        caller.ask(stream=stream)
        assert len(caller.instance.ledger.threads(caller.key_id)) == count


def test_calls_with_one_session_id_form_a_session_and_those_without_none(provider, make_caller):
    caller = make_caller(provider.script(["text", "Hello"], ["finish", "end_turn"], ["usage", USAGE]))
    for _ in range(3):
        caller.ask(extra_headers={"Session-Id": "a session"})
    caller.ask()
    rows = until(lambda: [r for r in [caller.instance.ledger.threads(caller.key_id)] if len(r[0:]) == 4], "4 records")[
        0
    ]
    assert len({row["session_id"] for row in rows[:3]}) == 1 and rows[0]["session_id"] is not None
    assert rows[3]["session_id"] is None
    sessions = caller.instance.admin.get("/admin/session/list", key_id=caller.key_id)["items"]
    assert [session["thread_count"] for session in sessions] == [3]
