"""What a client of OpenAI's API notices of Bedrock behind it: tools, structured output and reasoning, streamed and whole.

Each call is checked by the scripted provider against botocore's service model; the answers are read with the openai
client's own helpers.
"""

from __future__ import annotations

import json

import openai
import pytest
from pydantic import BaseModel

USAGE = {"inputTokens": 11, "outputTokens": 7}
WEATHER = {
    "type": "function",
    "function": {
        "name": "get.weather",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string"}},
            "required": ["city"],
            "additionalProperties": False,
        },
        "strict": True,
    },
}
NATIVE = {"baseModelId": "anthropic.claude-sonnet-4-5"}
BY_TOOL = {"baseModelId": "anthropic.claude-3-5-sonnet-20241022"}
THINKING = {"baseModelId": "anthropic.claude-3-7-sonnet"}
WITHOUT_TOOLS = {"baseModelId": "deepseek.r1"}


class Place(BaseModel):
    city: str
    people: int


OSLO = '{"city":"Oslo","people":700000}'


def streamed(caller, **members):
    """The final completion as the client's stream helper gathers it."""
    with caller.openai.chat.completions.stream(**caller.body(**members)) as stream:
        for _ in stream:
            pass
        return stream.get_final_completion()


def test_Z3_parallel_tool_calls_are_gathered_by_the_clients_stream_helper(provider, make_caller):
    script = provider.script(
        ["text", "Looking."],
        ["tool", "tooluse_1", "get_weather", ['{"ci', 'ty":"Os', 'lo"}']],
        ["tool", "tooluse_2", "get_weather", ['{"city":"Rom"}']],
        ["finish", "tool_use"],
        ["usage", USAGE],
    )
    caller = make_caller(script, config=NATIVE)
    completion = streamed(caller, tools=[WEATHER], stream_options={"include_usage": True})
    choice = completion.choices[0]
    assert choice.finish_reason == "tool_calls"
    assert choice.message.content == "Looking."
    assert [(c.id, c.function.name, c.function.parsed_arguments) for c in choice.message.tool_calls] == [
        ("tooluse_1", "get.weather", {"city": "Oslo"}),
        ("tooluse_2", "get.weather", {"city": "Rom"}),
    ]
    assert completion.usage.total_tokens == 18
    spec = script.call.json["toolConfig"]["tools"][0]["toolSpec"]
    assert spec["name"] == "get_weather" and spec["strict"] is True


def test_Z4_a_streamed_call_without_arguments_is_an_empty_object(provider, make_caller):
    script = provider.script(["tool", "tooluse_1", "now", []], ["finish", "tool_use"], ["usage", USAGE])
    tool = {"type": "function", "function": {"name": "now"}}
    (call,) = streamed(make_caller(script), tools=[tool]).choices[0].message.tool_calls
    assert json.loads(call.function.arguments) == {}


def answers(config):
    """How a model of the kind gives its answer."""
    if config is BY_TOOL:
        return [["tool", "tooluse_1", "json_answer", [OSLO[:9], OSLO[9:]]], ["finish", "tool_use"], ["usage", USAGE]]
    pieces = ["```json\n", OSLO, "\n```"] if config is WITHOUT_TOOLS else [OSLO[:9], OSLO[9:]]
    return [*(["text", piece] for piece in pieces), ["finish", "end_turn"], ["usage", USAGE]]


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("config", [NATIVE, BY_TOOL, WITHOUT_TOOLS], ids=["native", "tool", "text"])
def test_S1_a_parsed_answer_is_the_clients_own_class(provider, make_caller, config, stream):
    caller = make_caller(provider.script(*answers(config)), config=config)
    if stream:
        completion = streamed(caller, response_format=Place)
    else:
        completion = caller.openai.chat.completions.parse(**caller.body(response_format=Place))
    choice = completion.choices[0]
    assert choice.message.parsed == Place(city="Oslo", people=700000)
    assert choice.finish_reason == "stop" and not choice.message.tool_calls
    sent = caller.script.call.json
    if config is NATIVE:
        schema = json.loads(sent["outputConfig"]["textFormat"]["structure"]["jsonSchema"]["schema"])
        assert schema["required"] == ["city", "people"] and "toolConfig" not in sent
    elif config is BY_TOOL:
        assert sent["toolConfig"]["toolChoice"] == {"tool": {"name": "json_answer"}}
    else:
        assert "people" in sent["system"][0]["text"] and "toolConfig" not in sent


def test_S2_structured_output_streams_as_it_comes(provider, make_caller):
    script = provider.script(
        ["tool", "tooluse_1", "json_answer", [OSLO[i : i + 5] for i in range(0, len(OSLO), 5)]],
        ["finish", "tool_use"],
        ["usage", USAGE],
    )
    caller = make_caller(script, config=BY_TOOL)
    schema = {"name": "place", "schema": Place.model_json_schema()}
    chunks = caller.ask(stream=True, response_format={"type": "json_schema", "json_schema": schema})
    contents = [chunk.choices[0].delta.content for chunk in chunks if chunk.choices and chunk.choices[0].delta.content]
    assert "".join(contents) == OSLO
    assert len(contents) > 3
    assert not any(chunk.choices and chunk.choices[0].delta.tool_calls for chunk in chunks)


@pytest.mark.parametrize("stream", [False, True])
def test_S2_with_real_tools_a_call_stays_a_call_and_its_commentary_spoils_no_parsing(provider, make_caller, stream):
    script = provider.script(
        ["text", "Let me look."],
        ["tool", "tooluse_1", "get_weather", ['{"city":"Oslo"}']],
        ["finish", "tool_use"],
        ["usage", USAGE],
    )
    caller = make_caller(script, config=BY_TOOL)
    members = {"tools": [WEATHER], "response_format": Place}
    if stream:
        choice = streamed(caller, **members).choices[0]
    else:
        choice = caller.openai.chat.completions.parse(**caller.body(**members)).choices[0]
    assert choice.finish_reason == "tool_calls"
    assert choice.message.tool_calls[0].function.parsed_arguments == {"city": "Oslo"}
    assert choice.message.parsed is None
    assert choice.message.reasoning_content == "Let me look."
    assert "toolChoice" not in script.call.json["toolConfig"]


@pytest.mark.parametrize("stream", [False, True])
def test_R3_thinking_goes_round_with_its_signature_over_two_turns_with_tools(provider, make_caller, stream):
    script = provider.script(
        ["reasoning", "The user wants "],
        ["reasoning", "weather."],
        ["signature", "c2lnbmF0dXJl"],
        ["redacted", "AAEC"],
        ["tool", "tooluse_1", "get_weather", ['{"city":"Oslo"}']],
        ["finish", "tool_use"],
        ["usage", USAGE],
    )
    caller = make_caller(script, config=THINKING)
    first = [{"role": "user", "content": "Weather in Oslo?"}]
    members = {"tools": [WEATHER], "reasoning_effort": "low", "max_tokens": 4000}
    if stream:
        chunks = caller.ask(messages=first, stream=True, **members)
        deltas = [chunk.choices[0].delta for chunk in chunks if chunk.choices]
        blocks = [block for delta in deltas for block in getattr(delta, "thinking_blocks", None) or []]
        text = "".join(getattr(delta, "reasoning_content", None) or "" for delta in deltas)
        calls = [delta.tool_calls[0] for delta in deltas if delta.tool_calls]
        call = {
            "id": calls[0].id,
            "type": "function",
            "function": {"name": calls[0].function.name, "arguments": "".join(c.function.arguments for c in calls)},
        }
        said = {"role": "assistant", "content": None, "thinking_blocks": blocks, "tool_calls": [call]}
    else:
        message = caller.ask(messages=first, **members).choices[0].message
        text = message.reasoning_content
        said = message.model_dump(exclude_none=True)
    assert text == "The user wants weather."
    thinking = script.call.json["additionalModelRequestFields"]["thinking"]
    assert thinking == {"type": "enabled", "budget_tokens": 2048}

    script.set(["text", "Rain."], ["finish", "end_turn"], ["usage", USAGE])
    result = {"role": "tool", "tool_call_id": "tooluse_1", "content": "rain"}
    caller.ask(messages=[*first, said, result], **members)
    sent = script.calls()[-1].json
    assert sent["additionalModelRequestFields"]["thinking"] == thinking
    assert sent["messages"][1]["content"] == [
        {"reasoningContent": {"reasoningText": {"text": "The user wants weather.", "signature": "c2lnbmF0dXJl"}}},
        {"reasoningContent": {"redactedContent": "AAEC"}},
        {"toolUse": {"toolUseId": "tooluse_1", "name": "get_weather", "input": {"city": "Oslo"}}},
    ]


def test_P8_a_history_without_its_thinking_is_answered_without_thinking(provider, make_caller):
    caller = make_caller(provider.script(["text", "ok"], ["finish", "end_turn"], ["usage", USAGE]), config=THINKING)
    call = {"id": "call_1", "type": "function", "function": {"name": "get.weather", "arguments": "{}"}}
    messages = [
        {"role": "user", "content": "Weather?"},
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "call_1", "content": "rain"},
    ]
    caller.ask(messages=messages, tools=[WEATHER], reasoning_effort="high")
    assert "additionalModelRequestFields" not in caller.script.call.json


@pytest.mark.parametrize("stream", [False, True])
def test_P11_the_tier_goes_along_and_the_one_that_served_is_told(provider, make_caller, stream):
    script = provider.script(["text", "ok"], ["finish", "end_turn"], ["usage", USAGE, "default"])
    caller = make_caller(script)
    more = {"stream_options": {"include_usage": True}} if stream else {}
    answer = caller.ask(service_tier="flex", stream=stream, **more)
    assert (answer[-1] if stream else answer).service_tier == "default"
    assert script.call.json["serviceTier"] == {"type": "flex"}


@pytest.mark.parametrize(
    ("members", "param"),
    [
        ({"service_tier": "priority"}, "service_tier"),
        ({"reasoning_effort": "huge"}, "reasoning_effort"),
        ({"messages": [{"role": "tool", "tool_call_id": "x", "content": "y"}]}, "messages[0].tool_call_id"),
        ({"extra_body": {"guardrailConfig": {"guardrailIdentifier": "gr1"}}}, "guardrailConfig.guardrailVersion"),
        (
            {"response_format": {"type": "json_schema", "json_schema": {"name": "a", "schema": {"type": "array"}}}},
            "response_format.json_schema.schema",
        ),
    ],
)
def test_what_cannot_be_done_is_refused_by_name_and_reaches_no_provider(provider, make_caller, members, param):
    caller = make_caller(provider.script(["text", "ok"], ["finish", "end_turn"]), config=THINKING)
    with pytest.raises(openai.BadRequestError) as refused:
        caller.ask(**members)
    assert refused.value.param == param
    assert caller.script.calls(brief=True) == []


def test_an_operators_capabilities_have_the_last_word(provider, make_caller):
    capabilities = {"tools": "auto", "stopSequences": False, "minOutput": 32, "sampling": "none"}
    script = provider.script(["text", "ok"], ["finish", "end_turn"], ["usage", USAGE])
    caller = make_caller(script, config={"capabilities": capabilities})
    caller.ask(tools=[WEATHER], tool_choice="required", stop="END", temperature=0.5, max_tokens=1)
    sent = script.call.json
    assert sent["inferenceConfig"] == {"maxTokens": 32}
    assert "toolChoice" not in sent["toolConfig"]


def test_P12_a_guardrail_of_the_operator_is_on_every_call(provider, make_caller):
    guardrail = {"guardrailIdentifier": "gr1", "guardrailVersion": "2", "streamProcessingMode": "sync"}
    script = provider.script(["text", "No."], ["finish", "guardrail_intervened"], ["usage", USAGE])
    caller = make_caller(script, config={"guardrail": guardrail})
    answer = caller.ask()
    assert answer.choices[0].finish_reason == "content_filter"
    assert answer.usage.total_tokens == 18, "a blocked call still carries its usage (Y5)"
    caller.ask(stream=True)
    whole, stream = (call.json["guardrailConfig"] for call in script.calls())
    assert whole == {"guardrailIdentifier": "gr1", "guardrailVersion": "2"}
    assert stream == guardrail
