"""Streamed answers, from the provider's events to the openai client's chunks."""

from __future__ import annotations

import json

import openai
import pytest

from acceptance import Line, covers
from harness.caller import finish_reasons, text_of
from scripted import signature

both_providers = pytest.mark.parametrize("kind", ["bedrock", "openai"])

USAGE = {"inputTokens": 11, "outputTokens": 7}
HELLO = (["text", "Hel"], ["text", "lo "], ["text", "☃"], ["finish", "end_turn"], ["usage", USAGE])


@covers(Line.FIRST_CHUNK)
@both_providers
def test_the_first_chunk_is_with_the_client_before_the_provider_sends_the_second(provider, make_caller, kind):
    script = provider.script(["text", "one"], ["wait", "client has it"], ["text", "two"], ["finish", "end_turn"])
    with make_caller(script, kind).stream() as stream:
        while stream.event().text != "one":
            pass
        # The provider still waits for this very test: the second chunk does not exist yet.
        script.wait_until_waiting("client has it")
        script.signal("client has it")
        rest = stream.events()
    assert "".join(event.text for event in rest[:-1]) == "two"
    assert rest[-1].is_done


@covers(Line.FIRST_CHUNK)
def test_chunks_come_one_by_one_at_the_provider_s_pace(provider, make_caller):
    script = provider.script(["repeat", 4, [["text", "tick"], ["pause", 0.5]]], ["finish", "end_turn"])
    with make_caller(script).stream() as stream:
        arrived = [event.arrived for event in stream.events() if event.text == "tick"]
    sent = script.call.sent[1:5]
    # Each chunk is there before the provider sends the next, half a second later.
    assert all(there < following for there, following in zip(arrived, sent[1:]))


@covers(Line.STREAM_SHAPE)
@both_providers
def test_a_stream_has_one_id_one_time_one_model_one_role_and_one_reason_to_end(provider, make_caller, kind):
    caller = make_caller(provider.script(*HELLO), kind)
    chunks = caller.ask(stream=True)
    assert text_of(chunks) == "Hello ☃"
    assert finish_reasons(chunks) == ["stop"]
    assert len({chunk.id for chunk in chunks}) == 1 and chunks[0].id
    assert len({chunk.created for chunk in chunks}) == 1
    assert {chunk.model for chunk in chunks} == {caller.model}
    assert {chunk.object for chunk in chunks} == {"chat.completion.chunk"}
    assert [c.choices[0].delta.role for c in chunks if c.choices and c.choices[0].delta.role] == ["assistant"]
    assert chunks[0].choices[0].delta.role == "assistant"
    assert all(chunk.usage is None for chunk in chunks) and all(chunk.choices for chunk in chunks)


@covers(Line.STREAM_SHAPE)
@both_providers
def test_a_client_that_asks_for_usage_gets_it_in_one_last_chunk(provider, make_caller, kind):
    caller = make_caller(provider.script(*HELLO), kind)
    chunks = caller.ask(stream=True, stream_options={"include_usage": True})
    *others, last = chunks
    assert last.choices == []
    assert (last.usage.prompt_tokens, last.usage.completion_tokens, last.usage.total_tokens) == (11, 7, 18)
    assert all(chunk.usage is None and chunk.choices for chunk in others)
    assert {chunk.id for chunk in chunks} == {last.id} and {chunk.model for chunk in chunks} == {caller.model}


@covers(Line.STREAM_SHAPE)
@pytest.mark.parametrize("options", [{}, {"stream_options": {"include_usage": True}}])
@both_providers
def test_a_stream_on_the_wire_is_clean_server_sent_events(provider, make_caller, kind, options):
    caller = make_caller(provider.script(*HELLO), kind)
    with caller.instance.connect() as stream:
        caller.send(stream, stream=True, **options)
        head = stream.head()
        events = stream.events()
    assert head.status == 200
    assert head.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert "no-cache" in head.headers["cache-control"]
    assert head.headers["x-request-id"]
    assert [event.is_done for event in events] == [False] * (len(events) - 1) + [True]
    usages = [event.json.get("usage", "absent") for event in events[:-1]]
    if options:
        assert usages[:-1] == [None] * (len(usages) - 1) and usages[-1]["total_tokens"] == 18
    else:
        assert all(usage in ("absent", None) for usage in usages)


@covers(Line.STREAM_SHAPE)
@both_providers
@pytest.mark.parametrize(
    ("told", "heard"),
    [
        ("end_turn", "stop"),
        ("stop_sequence", "stop"),
        ("max_tokens", "length"),
        ("content_filtered", "content_filter"),
    ],
)
def test_each_reason_to_end_has_openai_s_name(provider, make_caller, kind, told, heard):
    caller = make_caller(provider.script(["text", "x"], ["finish", told], ["usage", USAGE]), kind)
    assert finish_reasons(caller.ask(stream=True)) == [heard]
    assert caller.ask().choices[0].finish_reason == heard


@both_providers
def test_tool_calls_come_in_order_with_their_arguments_in_pieces(provider, make_caller, kind):
    script = provider.script(
        ["text", "Looking."],
        ["tool", "tooluse_1", "weather", ['{"city":', '"Oslo"}']],
        ["tool", "tooluse_2", "clock", []],
        ["finish", "tool_use"],
        ["usage", USAGE],
    )
    tools = [
        {"type": "function", "function": {"name": name, "parameters": {"type": "object", "properties": {}}}}
        for name in ("weather", "clock")
    ]
    chunks = make_caller(script, kind).ask(stream=True, tools=tools)
    calls: dict[int, dict[str, str]] = {}
    for part in (p for c in chunks if c.choices for p in c.choices[0].delta.tool_calls or []):
        call = calls.setdefault(part.index, {"id": part.id, "name": part.function.name, "arguments": ""})
        call["arguments"] += part.function.arguments or ""
    assert [(c["id"], c["name"]) for c in calls.values()] == [("tooluse_1", "weather"), ("tooluse_2", "clock")]
    assert sorted(calls) == [0, 1]
    assert json.loads(calls[0]["arguments"]) == {"city": "Oslo"}
    assert json.loads(calls[1]["arguments"] or "{}") == {}
    assert text_of(chunks) == "Looking." and finish_reasons(chunks) == ["tool_calls"]


@both_providers
def test_reasoning_is_kept_apart_from_the_answer(provider, make_caller, kind):
    script = provider.script(
        ["reasoning", "Let me "],
        ["reasoning", "think."],
        ["signature", "c2lnbmF0dXJl"],
        ["text", "42"],
        ["finish", "end_turn"],
        ["usage", USAGE],
    )
    caller = make_caller(script, kind)
    chunks = caller.ask(stream=True)
    reasoning = "".join(getattr(c.choices[0].delta, "reasoning_content", None) or "" for c in chunks if c.choices)
    assert (reasoning, text_of(chunks)) == ("Let me think.", "42")
    thread = caller.thread()
    assert (thread["reasoning"], thread["completion"]) == ("Let me think.", "42")


@both_providers
@pytest.mark.parametrize("write", [{"size": 1}, {"seed": 7}, {"seed": 8}])
def test_an_answer_in_pieces_of_any_size_is_the_same_answer(provider, make_caller, kind, write):
    script = provider.script(
        ["repeat", 6, [["text", "part {i} ☃ "]]], ["finish", "end_turn"], ["usage", USAGE], write=write
    )
    chunks = make_caller(script, kind).ask(stream=True)
    assert text_of(chunks) == "".join(f"part {i} ☃ " for i in range(6))
    assert finish_reasons(chunks) == ["stop"]


def test_events_that_bedrock_may_add_are_passed_over(provider, make_caller):
    script = provider.script(
        ["text", "a"],
        ["event", "surprise", {"contentBlockIndex": 0, "delta": {"novelty": {}}}],
        ["event", "contentBlockDelta", {"contentBlockIndex": 0, "delta": {"citation": {"title": "t"}}}],
        ["text", "b"],
        ["finish", "end_turn"],
        ["usage", USAGE],
    )
    assert text_of(make_caller(script).ask(stream=True)) == "ab"


def test_usage_is_always_asked_of_an_openai_provider_also_when_the_client_did_not(provider, make_caller):
    caller = make_caller(provider.script(*HELLO), "openai")
    caller.ask(stream=True)
    assert caller.script.call.json["stream_options"]["include_usage"] is True
    assert (caller.thread()["tokens_in"], caller.thread()["tokens_out"]) == (11, 7)


def test_members_that_only_an_openai_provider_knows_pass_through_both_ways(provider, make_caller):
    extra = {"choices": [{"index": 0, "delta": {"content": "x", "novelty": 7}, "finish_reason": None}]}
    script = provider.script(["event", "", extra], ["finish", "end_turn"], ["usage", USAGE])
    caller = make_caller(script, "openai")
    chunks = caller.ask(stream=True, seed=7, logit_bias={"50256": -100}, extra_body={"vendor": {"deep": [1, 2.50]}})
    assert chunks[0].choices[0].delta.novelty == 7
    sent = caller.script.call.json
    assert (sent["seed"], sent["logit_bias"], sent["vendor"]) == (7, {"50256": -100}, {"deep": [1, 2.5]})
    assert sent["model"] == caller.script.model


@pytest.mark.parametrize(
    "model",
    [
        "anthropic.claude-sonnet-4-5-20250929-v1:0",
        "arn:aws:bedrock:us-west-2:123456789012:application-inference-profile/a1b2c3d4e5f6",
    ],
)
def test_a_signature_is_right_for_ids_with_colons_and_slashes(provider, make_caller, model):
    script = provider.script(*HELLO, name=model)
    config = {"credentials": [{**script.bedrock_config()["credentials"][0], "sessionToken": signature.SESSION_TOKEN}]}
    before = provider.last_call()
    caller = make_caller(script, config=config)
    assert text_of(caller.ask(stream=True)) == "Hello ☃"
    assert caller.ask().choices[0].message.content == "Hello ☃"
    for call in provider.calls(model, after=before):
        assert call.faults == []
        assert call.headers["x-amz-security-token"] == signature.SESSION_TOKEN


def test_a_bearer_token_stands_in_for_a_signature(provider, make_caller):
    script = provider.script(*HELLO)
    config = {"credentials": None, "bearerToken": signature.BEARER_TOKEN}
    caller = make_caller(script, config=config)
    assert text_of(caller.ask(stream=True)) == "Hello ☃"
    assert script.call.headers["authorization"] == f"Bearer {signature.BEARER_TOKEN}"


def test_the_echo_model_needs_no_provider(instance):
    """What install.sh sets up as `demo`."""

    with openai.OpenAI(base_url=f"{instance.url}/v1", api_key=instance.admin_key, max_retries=0) as client:
        messages = [{"role": "user", "content": "say this back"}]
        chunks = list(client.chat.completions.create(model="demo", messages=messages, stream=True))
        whole = client.chat.completions.create(model="demo", messages=messages)
    assert text_of(chunks).strip() == "say this back"
    assert whole.choices[0].message.content.strip() == "say this back"
    assert whole.usage.completion_tokens == 3


@pytest.mark.parametrize("source", ["environment", "shared file"])
def test_credentials_come_from_the_environment_or_the_shared_file_when_a_model_has_none(
    provider, make_instance, make_caller, tmp_path, source
):
    if source == "environment":
        environment = {
            "AWS_ACCESS_KEY_ID": signature.ACCESS_KEY,
            "AWS_SECRET_ACCESS_KEY": signature.SECRET_KEY,
            "AWS_SESSION_TOKEN": signature.SESSION_TOKEN,
        }
    else:
        shared = tmp_path / "credentials"
        lines = [f"aws_access_key_id = {signature.ACCESS_KEY}", f"aws_secret_access_key={signature.SECRET_KEY}"]
        shared.write_text("\n".join(["[default]", "aws_access_key_id = OTHER", "[work]", *lines, ""]))
        environment = {"AWS_SHARED_CREDENTIALS_FILE": str(shared), "AWS_PROFILE": "work"}
    instance = make_instance(workers=1, **environment)
    caller = make_caller(provider.script(*HELLO), instance=instance, config={"credentials": None})
    assert text_of(caller.ask(stream=True)) == "Hello ☃"
    assert ("x-amz-security-token" in caller.script.call.headers) == (source == "environment")
