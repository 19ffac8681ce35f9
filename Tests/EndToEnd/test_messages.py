"""Anthropic's Messages API in front of every provider, used by the anthropic client."""

from __future__ import annotations

import json

import anthropic as sdk
import httpx
import pytest

from harness.waiting import until
from scripted import anthropic, bedrock

every_provider = pytest.mark.parametrize("kind", ["bedrock", "openai", "anthropic"])
ASK = [{"role": "user", "content": "ping"}]
CACHED = {
    "inputTokens": 11,
    "outputTokens": 7,
    "cacheReadInputTokens": 100,
    "cacheWriteInputTokens": 30,
    "cacheDetails": [{"ttl": "5m", "inputTokens": 10}, {"ttl": "1h", "inputTokens": 20}],
}
USAGE = {"inputTokens": 11, "outputTokens": 7}
PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
WEATHER = {
    "name": "weather",
    "description": "Tells the weather.",
    "input_schema": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
}
CLAUDE = "anthropic.claude-sonnet-4-5-20250929-v1:0"


def answer(usage=USAGE):
    return [
        ["text", "Hel"],
        ["text", "lo"],
        ["tool", "toolu_1", "weather", ['{"city":', '"Oslo"}']],
        ["tool", "toolu_2", "weather", ["{}"]],
        ["finish", "tool_use"],
        ["usage", usage],
    ]


def assert_answer(message, caller):
    assert (message.type, message.role, message.model) == ("message", "assistant", caller.model)
    assert message.id.startswith("msg_")
    assert [block.type for block in message.content] == ["text", "tool_use", "tool_use"]
    text, first, second = message.content
    assert text.text == "Hello"
    assert (first.id, first.name, first.input) == ("toolu_1", "weather", {"city": "Oslo"})
    assert (second.id, second.input) == ("toolu_2", {})
    assert (message.stop_reason, message.stop_sequence) == ("tool_use", None)
    assert (message.usage.input_tokens, message.usage.output_tokens) == (11, 7)


@every_provider
def test_a_whole_message_is_read_by_the_anthropic_client(provider, make_caller, kind):
    caller = make_caller(provider.script(*answer()), kind)
    message = caller.message(tools=[WEATHER])
    assert_answer(message, caller)
    assert message.usage.service_tier == "standard"
    thread = caller.thread()
    assert (thread["tokens_in"], thread["tokens_out"], thread["status"]) == (11, 7, "ok")
    assert (thread["prompt"], thread["completion"], thread["stream"]) == ("ping", "Hello", False)
    assert [call["function"]["name"] for call in thread["tool_calls"]] == ["weather", "weather"]
    # 11 tokens at 3 and 7 at 15 dollars a million.
    assert thread["fee"] == 0.000138
    caller.assert_released()


@every_provider
def test_a_stream_is_accumulated_by_the_clients_helper(provider, make_caller, kind):
    caller = make_caller(provider.script(*answer()), kind)
    inputs, texts = [], []
    with caller.message_stream(tools=[WEATHER]) as stream:
        for event in stream:
            if event.type == "text":
                texts.append(event.text)
            if event.type == "input_json" and event.partial_json:
                inputs.append(event.partial_json)
        message = stream.get_final_message()
    assert_answer(message, caller)
    assert texts == ["Hel", "lo"]
    assert inputs == ['{"city":', '"Oslo"}', "{}"]
    thread = caller.thread()
    assert (thread["completion"], thread["stream"], thread["finish_reason"]) == ("Hello", True, "tool_calls")
    caller.assert_released()


@every_provider
def test_the_raw_stream_has_anthropics_grammar(provider, make_caller, kind):
    # What stands before the first event is in message_start, which only Anthropic's API tells by itself.
    early = [["usage", USAGE]] if kind == "anthropic" else []
    caller = make_caller(provider.script(*early, *answer()), kind)
    headers = {**caller.headers, "anthropic-version": "2023-06-01", "anthropic-beta": "x-2025-01-01"}
    body = caller.body(max_tokens=99, stream=True, tools=[WEATHER])
    reply = httpx.post(f"{caller.instance.url}/v1/messages?beta=true", headers=headers, json=body, timeout=20)
    assert reply.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert reply.headers["request-id"] == reply.headers["x-request-id"]
    events = [event.split("\n") for event in reply.text.removesuffix("\n\n").split("\n\n")]
    kinds = [lines[0].removeprefix("event: ") for lines in events]
    data = [json.loads(lines[1].removeprefix("data: ")) for lines in events]
    assert all(len(lines) == 2 for lines in events)
    assert kinds == [event["type"] for event in data]
    assert (kinds[:2], kinds[-2:]) == (["message_start", "ping"], ["message_delta", "message_stop"])
    open_block, seen = None, -1
    for event in data[2:-2]:
        match event["type"]:
            case "content_block_start":
                assert open_block is None and event["index"] == seen + 1
                open_block = seen = event["index"]
            case "content_block_delta":
                assert event["index"] == open_block
            case "content_block_stop":
                assert event["index"] == open_block
                open_block = None
    assert open_block is None and seen == 2
    assert data[0]["message"]["usage"]["input_tokens"] > 0
    assert data[-2]["usage"]["input_tokens"] == 11


@pytest.mark.parametrize("kind", ["bedrock", "anthropic"])
@pytest.mark.parametrize("streamed", [False, True])
def test_thinking_goes_out_with_its_signature_and_comes_back_to_the_model(provider, make_caller, kind, streamed):
    script = provider.script(
        ["reasoning", "h"],
        ["reasoning", "m"],
        ["signature", "c2ln"],
        ["redacted", "ZGF0YQ=="],
        ["text", "So."],
        ["tool", "toolu_1", "weather", []],
        ["finish", "tool_use"],
        ["usage", CACHED],
    )
    config = {"baseModelId": CLAUDE} if kind == "bedrock" else {}
    caller = make_caller(script, kind, config=config, model={"price_cache_read": 1, "price_cache_write": 4})
    asked = {"tools": [WEATHER], "thinking": {"type": "enabled", "budget_tokens": 1024}, "max_tokens": 4096}
    if streamed:
        with caller.message_stream(**asked) as stream:
            message = stream.get_final_message()
    else:
        message = caller.message(**asked)
    thinking, redacted, text, tool = message.content
    assert (thinking.type, thinking.thinking, thinking.signature) == ("thinking", "hm", "c2ln")
    assert (redacted.type, redacted.data) == ("redacted_thinking", "ZGF0YQ==")
    assert (text.text, tool.input) == ("So.", {})
    usage = message.usage
    assert (usage.input_tokens, usage.cache_read_input_tokens, usage.cache_creation_input_tokens) == (11, 100, 30)

    stored = caller.stored()
    assert (stored["tokens_in"], stored["tokens_cache_read"]) == (11, 100)
    assert stored["reasoning"] == "hm"
    # 11 at 3, 100 read at 1, 10 written at 4, 20 for an hour at twice the input's price, 7 out at 15 dollars a million.
    assert stored["fee"] in (33_000 + 100_000 + 40_000 + 120_000 + 105_000, 33_000 + 100_000 + 30 * 4_000 + 105_000)

    script.set(["text", "Rain."], ["finish", "end_turn"], ["usage", USAGE])
    caller.message(
        messages=[
            *ASK,
            {"role": "assistant", "content": [block.to_dict() for block in message.content]},
            {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "toolu_1", "content": "wet"}]},
        ],
        **asked,
    )
    sent = script.calls()[-1].json["messages"][1]["content"]
    if kind == "bedrock":
        assert sent[0]["reasoningContent"]["reasoningText"] == {"text": "hm", "signature": "c2ln"}
        assert sent[1]["reasoningContent"]["redactedContent"] == "ZGF0YQ=="
    else:
        assert [block["type"] for block in sent] == ["thinking", "redacted_thinking", "text", "tool_use"]
        assert sent[0]["signature"] == "c2ln"


def conversation():
    image = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": PNG}}
    return {
        "system": [{"type": "text", "text": "Be brief.", "cache_control": {"type": "ephemeral"}}],
        "messages": [
            {"role": "user", "content": [{"type": "text", "text": "See:"}, image]},
            {
                "role": "assistant",
                "content": [
                    {"type": "text", "text": "Looking."},
                    {"type": "tool_use", "id": "toolu_1", "name": "weather", "input": {"city": "Oslo"}},
                    {"type": "tool_use", "id": "toolu_2", "name": "weather", "input": {}},
                ],
            },
            {
                "role": "user",
                "content": [
                    {
                        "type": "tool_result",
                        "tool_use_id": "toolu_1",
                        "content": [{"type": "text", "text": "a"}, image],
                    },
                    {"type": "tool_result", "tool_use_id": "toolu_2", "content": "broken", "is_error": True},
                    {"type": "text", "text": "Well?"},
                ],
            },
        ],
        "tools": [{**WEATHER, "cache_control": {"type": "ephemeral"}}],
        "tool_choice": {"type": "any", "disable_parallel_tool_use": True},
        "stop_sequences": ["END"],
        "metadata": {"user_id": "u-1"},
    }


def test_a_conversation_reaches_bedrock_as_its_service_model_demands(provider, make_caller):
    script = provider.script(["text", "ok"], ["finish", "end_turn"], ["usage", USAGE])
    caller = make_caller(script, config={"baseModelId": CLAUDE}, model={"multiple": True})
    caller.message(**conversation(), extra_body={"top_k": 5, "temperature": 0})
    sent = script.call.json
    assert sent["system"][0] == {"text": "Be brief."}
    assert "cachePoint" in sent["system"][1]
    assert [next(iter(block)) for block in sent["messages"][0]["content"]] == ["text", "image"]
    results = sent["messages"][2]["content"]
    assert [next(iter(block)) for block in results] == ["toolResult", "toolResult", "text"]
    assert [next(iter(block)) for block in results[0]["toolResult"]["content"]] == ["text", "image"]
    assert results[1]["toolResult"]["status"] == "error"
    assert sent["toolConfig"]["tools"][0]["toolSpec"]["name"] == "weather"
    assert sent["inferenceConfig"]["maxTokens"] == 256
    assert sent["inferenceConfig"]["stopSequences"] == ["END"]
    assert sent["additionalModelRequestFields"]["top_k"] == 5


def test_a_conversation_reaches_an_openai_compatible_provider_in_its_dialect(provider, make_caller):
    script = provider.script(["text", "ok"], ["finish", "end_turn"], ["usage", USAGE])
    caller = make_caller(script, "openai", model={"multiple": True})
    caller.message(**conversation())
    sent = script.call.json
    roles = [message["role"] for message in sent["messages"]]
    assert roles == ["system", "user", "assistant", "tool", "tool", "user"]
    assert [call["id"] for call in sent["messages"][2]["tool_calls"]] == ["toolu_1", "toolu_2"]
    assert sent["messages"][4] == {"role": "tool", "tool_call_id": "toolu_2", "content": "broken"}
    assert sent["tool_choice"] == "required"
    assert sent["parallel_tool_calls"] is False
    assert sent["tools"][0]["function"]["parameters"] == WEATHER["input_schema"]
    assert (sent["stop"], sent["user"], sent["max_tokens"]) == (["END"], "u-1", 256)


def test_anthropics_own_api_gets_what_the_client_sent_but_for_the_models_name(provider, make_caller):
    script = provider.script(["text", "ok"], ["finish", "end_turn"], ["usage", USAGE])
    caller = make_caller(script, "anthropic", model={"multiple": True}, config={"betas": ["z-2025-01-01"]})
    extra = {"context_management": {"edits": [{"type": "clear_tool_uses_20250919"}]}}
    web = {"type": "web_search_20250305", "name": "web_search", "max_uses": 3}
    asked = conversation()
    asked["tools"].append(web)
    caller.message(**asked, extra_body=extra, extra_headers={"anthropic-beta": "context-management-2025-06-27"})
    sent = script.call
    assert sent.json == {**asked, **extra, "model": script.model, "max_tokens": 256}
    assert sent.headers["anthropic-beta"] == "z-2025-01-01,context-management-2025-06-27"
    assert sent.headers["anthropic-version"] == caller.anthropic.default_headers["anthropic-version"]
    assert caller.key not in str(sent.data["headers"])


def test_what_only_anthropics_api_knows_comes_through_its_stream(provider, make_caller):
    block = {"type": "server_tool_use", "id": "srvtoolu_1", "name": "web_search", "input": {"query": "x"}}
    script = provider.script(
        ["text", "Searching."],
        ["event", "content_block_stop", {"index": 0}],
        ["event", "content_block_start", {"index": 1, "content_block": block}],
        ["event", "content_block_stop", {"index": 1}],
        ["finish", "pause_turn"],
        ["usage", USAGE],
    )
    caller = make_caller(script, "anthropic")
    with caller.message_stream() as stream:
        message = stream.get_final_message()
    assert [b.type for b in message.content] == ["text", "server_tool_use"]
    assert (message.stop_reason, message.model) == ("pause_turn", caller.model)
    assert caller.thread()["completion"] == "Searching."


@pytest.mark.parametrize("streamed", [False, True])
def test_anthropics_api_answers_chat_completions_by_translation(provider, make_caller, streamed):
    script = provider.script(["reasoning", "hm"], ["signature", "c2ln"], *answer(CACHED))
    caller = make_caller(script, "anthropic")
    tool = {"type": "function", "function": {"name": "weather", "parameters": WEATHER["input_schema"]}}
    call = {"id": "call_9", "type": "function", "function": {"name": "weather", "arguments": "{}"}}
    messages = [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "weather?"},
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "call_9", "content": "wet"},
    ]
    extra = {"stream": True, "stream_options": {"include_usage": True}} if streamed else {}
    got = caller.ask(messages=messages, tools=[tool], temperature=1.5, stop="END", **extra)
    usage = got[-1].usage if streamed else got.usage
    if streamed:
        assert "".join(c.choices[0].delta.content or "" for c in got if c.choices) == "Hello"
        assert [c.choices[0].finish_reason for c in got if c.choices][-1] == "tool_calls"
    else:
        choice = got.choices[0]
        assert (choice.message.content, choice.finish_reason) == ("Hello", "tool_calls")
        assert choice.message.thinking_blocks == [{"type": "thinking", "thinking": "hm", "signature": "c2ln"}]
        assert [c.function.arguments for c in choice.message.tool_calls] == ['{"city":"Oslo"}', "{}"]
    assert (usage.prompt_tokens, usage.prompt_tokens_details.cached_tokens) == (141, 100)
    sent = script.call.json
    assert (sent["system"], sent["temperature"], sent["stop_sequences"]) == (
        [{"type": "text", "text": "Be brief."}],
        1,
        ["END"],
    )
    assert sent["messages"][2]["content"][0]["tool_use_id"] == "call_9"


def test_an_echo_model_answers_in_the_dialect(instance):
    model = instance.admin.create_model("echo", {"reply": "one two three"})
    key = instance.admin.create_key()
    instance.admin.bind(key["id"], model["id"])
    with sdk.Anthropic(base_url=instance.url, auth_token=key["api_key"], max_retries=0, timeout=10) as client:
        with client.messages.stream(model=model["name"], max_tokens=2, messages=ASK) as stream:
            message = stream.get_final_message()
        assert (message.content[0].text, message.stop_reason) == ("one two", "max_tokens")
        assert message.usage.output_tokens == 2


# Counting


def test_tokens_are_counted_by_anthropics_own_api_and_estimated_elsewhere(provider, make_caller):
    script = provider.script(["usage", {"inputTokens": 42, "outputTokens": 0}])
    native = make_caller(script, "anthropic")
    asked = conversation()
    members = {name: asked[name] for name in ("system", "messages", "tools", "tool_choice")}
    assert native.anthropic.messages.count_tokens(model=native.model, **members).input_tokens == 42
    assert script.call.json == {**members, "model": script.model}
    assert native.instance.ledger.threads(native.key_id) == []

    other = make_caller(provider.script(), "openai")
    raw = other.anthropic.messages.with_raw_response.count_tokens(model=other.model, messages=ASK)
    assert raw.headers["x-brook-estimated"] == "true"
    # Four bytes are two tokens, and a message has eight.
    assert raw.parse().input_tokens == 10


# Errors


def raised(caller, **members):
    with pytest.raises(sdk.APIStatusError) as error:
        caller.message(**members)
    return error.value


def test_the_gateways_refusals_are_the_clients_exceptions(provider, make_caller):
    caller = make_caller(provider.script())
    wrong = caller.anthropic.with_options(api_key="br-" + "x" * 43)
    with pytest.raises(sdk.AuthenticationError) as error:
        wrong.messages.create(model=caller.model, max_tokens=9, messages=ASK)
    assert error.value.body["error"]["type"] == "authentication_error"
    assert error.value.body["request_id"] == error.value.request_id
    assert isinstance(raised(caller, model="no-such"), sdk.NotFoundError)
    other = caller.instance.admin.create_model("echo", {})
    assert isinstance(raised(caller, model=other["name"]), sdk.PermissionDeniedError)
    bad = raised(caller, messages=[{"role": "user", "content": [{"type": "text"}]}])
    assert isinstance(bad, sdk.BadRequestError)
    assert bad.body["error"]["message"] == "messages[0].content[0].text is missing; it must be a string."
    web = raised(caller, tools=[{"type": "web_search_20250305", "name": "web_search"}])
    assert "tools[0].type" in web.body["error"]["message"]
    poor = make_caller(provider.script(), key={"month_quota": 0})
    empty = raised(poor)
    assert isinstance(empty, sdk.RateLimitError)
    assert empty.response.headers["x-should-retry"] == "false"
    assert caller.instance.ledger.threads(caller.key_id) == []


@pytest.mark.parametrize("path", ["/v1/messages", "/v1/messages/count_tokens"])
def test_a_missing_key_and_bad_json_are_told_in_the_dialect(instance, path):
    for headers, status, kind in [({}, 401, "authentication_error"), ("admin", 400, "invalid_request_error")]:
        if headers == "admin":
            headers = dict(instance.admin.http.headers)
        reply = httpx.post(f"{instance.url}{path}", headers=headers, content=b"{")
        assert reply.status_code == status
        assert (reply.json()["type"], reply.json()["error"]["type"]) == ("error", kind)
        assert reply.json()["request_id"] == reply.headers["request-id"]


REFUSALS = {
    "bedrock": [
        (bedrock.refusal("ThrottlingException", "slow"), sdk.RateLimitError),
        (bedrock.refusal("AccessDeniedException", "no"), sdk.InternalServerError),
        (bedrock.refusal("ServiceUnavailableException", "busy"), sdk.InternalServerError),
    ],
    "anthropic": [
        (anthropic.refusal(429, "slow", "rate_limit_error"), sdk.RateLimitError),
        (anthropic.refusal(401, "invalid x-api-key", "authentication_error"), sdk.InternalServerError),
        (anthropic.refusal(529, "busy", "overloaded_error"), sdk.InternalServerError),
        (anthropic.refusal(400, "prompt is too long: 9 > 8 maximum", "invalid_request_error"), sdk.BadRequestError),
    ],
}


@pytest.mark.parametrize("kind", ["bedrock", "anthropic"])
def test_a_providers_refusals_are_the_clients_exceptions_and_cost_nothing(provider, make_caller, kind):
    for refusal, expected in REFUSALS[kind]:
        caller = make_caller(provider.script(refuse=refusal), kind)
        error = raised(caller)
        assert isinstance(error, expected), error
        assert "x-api-key" not in str(error)
        if expected is sdk.BadRequestError:
            # Claude Code looks for these words, and makes its conversation shorter.
            assert error.body["error"]["message"].startswith("prompt is too long")
        assert caller.thread()["fee"] == 0
        caller.assert_released()


@pytest.mark.parametrize("kind", ["bedrock", "anthropic"])
def test_a_failure_in_the_middle_of_a_stream_is_raised_and_recorded(provider, make_caller, kind):
    name = "throttlingException" if kind == "bedrock" else "overloaded_error"
    caller = make_caller(provider.script(["text", "Hel"], ["exception", name, "trouble"]), kind)
    with pytest.raises(sdk.APIStatusError) as error, caller.message_stream() as stream:
        stream.get_final_message()
    assert error.value.body["error"]["type"] in ("rate_limit_error", "overloaded_error")
    until(lambda: caller.instance.ledger.threads(caller.key_id), "the call was recorded")
    assert caller.thread()["status"] == "error"
    caller.assert_released()


@pytest.mark.parametrize("kind", ["bedrock", "anthropic"])
def test_a_stream_that_is_cut_has_no_message_stop(provider, make_caller, kind):
    caller = make_caller(provider.script(["text", "Hel"], ["cut", "fin"]), kind)
    body = caller.body(max_tokens=9, stream=True)
    reply = httpx.post(f"{caller.instance.url}/v1/messages", headers=caller.headers, json=body, timeout=20)
    assert "event: error\n" in reply.text and "message_stop" not in reply.text
    assert caller.thread()["status"] == "truncated"


# What Claude Code relies on


def test_claude_codes_session_and_aliases(provider, make_caller):
    """Its names of models are names of the gateway's; its session's header groups the calls."""
    script = provider.script(["text", "ok"], ["finish", "end_turn"], ["usage", USAGE])
    caller = make_caller(script, "anthropic", model={"name": "claude-haiku-4-5-20251001"})
    headers = {
        "authorization": f"Bearer {caller.key}",
        "anthropic-version": "2023-06-01",
        "anthropic-beta": "claude-code-20250219,fine-grained-tool-streaming-2025-05-14",
        "x-claude-code-session-id": "session-1",
        "x-app": "cli",
        "user-agent": "claude-cli/2.0 (external, cli)",
    }
    body = caller.body(max_tokens=64, metadata={"user_id": "user_x_account__session_y"})
    reply = httpx.post(f"{caller.instance.url}/v1/messages?beta=true", headers=headers, json=body)
    assert reply.status_code == 200, reply.text
    assert reply.json()["model"] == "claude-haiku-4-5-20251001"
    assert script.call.headers["anthropic-beta"] == headers["anthropic-beta"]
    session = caller.instance.admin.get("/admin/session/list", key_id=caller.key_id)["items"][0]
    assert session["key"] == "session-1"
