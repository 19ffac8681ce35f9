"""OpenAI's Responses through the openai client: whole, streamed, with tools, reasoning and failures."""

from __future__ import annotations

import json

import httpx
import openai
import pytest
from pydantic import BaseModel

from harness.waiting import until

both_providers = pytest.mark.parametrize("kind", ["bedrock", "openai"])
USAGE = {"inputTokens": 11, "outputTokens": 7, "cacheReadInputTokens": 3}
WEATHER = {
    "type": "function",
    "name": "weather",
    "description": "Tells the weather.",
    "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
    "strict": False,
}
FULL = (
    ["reasoning", "Let me "],
    ["reasoning", "think."],
    ["signature", "c2lnbg=="],
    ["text", "Look"],
    ["text", "ing."],
    ["tool", "tooluse_1", "weather", ['{"city":', '"Oslo"}']],
    ["finish", "tool_use"],
    ["usage", USAGE],
)


def raw(caller, **members) -> httpx.Response:
    body = {"model": caller.model, "input": "ping", **members}
    return httpx.post(f"{caller.instance.url}/v1/responses", headers=caller.headers, json=body)


def events(answer: httpx.Response) -> list[dict]:
    """Every event; the `event` line says the same as the type within."""
    found = []
    for block in answer.text.split("\n\n"):
        if not block or block.startswith(":"):
            continue
        name, data = block.split("\n", 1)
        event = json.loads(data.removeprefix("data: "))
        assert name == f"event: {event['type']}"
        found.append(event)
    assert [event["sequence_number"] for event in found] == list(range(len(found)))
    return found


@both_providers
def test_a_text_is_answered_as_the_client_expects(provider, make_caller, kind):
    script = provider.script(["text", "po"], ["text", "ng"], ["finish", "end_turn"], ["usage", USAGE])
    caller = make_caller(script, kind, model={"price_in": 3, "price_out": 15})
    answer = caller.openai.responses.create(
        model=caller.model, input="ping", instructions="Be brief.", max_output_tokens=50, metadata={"a": "b"}
    )
    assert answer.output_text == "pong" and answer.status == "completed" and answer.model == caller.model
    assert answer.id.startswith("resp_") and answer.object == "response" and answer.error is None
    assert (answer.usage.input_tokens, answer.usage.output_tokens, answer.usage.total_tokens) == (14, 7, 21)
    assert answer.usage.input_tokens_details.cached_tokens == 3
    assert (answer.instructions, answer.max_output_tokens, answer.metadata) == ("Be brief.", 50, {"a": "b"})
    assert answer.store is False and answer.tool_choice == "auto" and answer.parallel_tool_calls is True
    record = caller.detail()
    assert (record["prompt"], record["completion"], record["tokens_in"]) == ("ping", "pong", 11)
    assert [message["role"] for message in record["whole_prompt"]] == ["system", "user"]
    sent = caller.script.call.json
    if kind == "bedrock":
        assert sent["system"] == [{"text": "Be brief."}] and sent["inferenceConfig"]["maxTokens"] == 50
    else:
        assert sent["messages"][0] == {"role": "system", "content": "Be brief."} and sent["max_tokens"] == 50


@both_providers
def test_the_client_s_stream_helper_follows_every_event(provider, make_caller, kind):
    caller = make_caller(provider.script(*FULL), kind)
    texts, arguments = "", ""
    with caller.openai.responses.stream(model=caller.model, input="Weather?", tools=[WEATHER]) as stream:
        for event in stream:
            if event.type == "response.output_text.delta":
                texts += event.delta
                assert event.snapshot == texts
            if event.type == "response.function_call_arguments.delta":
                arguments += event.delta
                assert event.snapshot == arguments
        answer = stream.get_final_response()
    assert texts == "Looking." and json.loads(arguments) == {"city": "Oslo"}
    reasoning, message, call = answer.output
    assert reasoning.summary[0].text == "Let me think." and message.content[0].text == "Looking."
    assert (call.type, call.name, call.call_id, call.status) == ("function_call", "weather", "tooluse_1", "completed")
    assert json.loads(call.arguments) == {"city": "Oslo"}
    assert answer.usage.output_tokens == 7


def test_the_events_come_in_openai_s_order(provider, make_caller):
    caller = make_caller(provider.script(*FULL))
    found = events(raw(caller, stream=True, tools=[WEATHER]))
    assert [event["type"].removeprefix("response.") for event in found] == [
        *("created", "in_progress"),
        *("output_item.added", "reasoning_summary_part.added"),
        *("reasoning_summary_text.delta", "reasoning_summary_text.delta"),
        *("reasoning_summary_text.done", "reasoning_summary_part.done", "output_item.done"),
        *("output_item.added", "content_part.added", "output_text.delta", "output_text.delta"),
        *("output_text.done", "content_part.done", "output_item.done"),
        *("output_item.added", "function_call_arguments.delta", "function_call_arguments.delta"),
        *("function_call_arguments.done", "output_item.done"),
        "completed",
    ]
    assert [event["output_index"] for event in found if event["type"] == "response.output_item.done"] == [0, 1, 2]
    done = [event["item"] for event in found if event["type"] == "response.output_item.done"]
    assert found[-1]["response"]["output"] == done
    assert found[0]["response"]["output"] == [] and found[0]["response"]["status"] == "in_progress"


def test_a_tool_s_answer_goes_back_with_the_reasoning_that_led_to_the_call(provider, make_caller):
    caller = make_caller(provider.script(*FULL), config={"baseModelId": "anthropic.claude-sonnet-4-20250514-v1:0"})
    include = ["reasoning.encrypted_content"]
    first = caller.openai.responses.create(model=caller.model, input="Weather?", tools=[WEATHER], include=include)
    assert first.output[0].encrypted_content.startswith("brook-1.")
    caller.script.set(["text", "Rain."], ["finish", "end_turn"], ["usage", USAGE])
    items = [
        {"role": "user", "content": "Weather?"},
        *(item.model_dump(exclude_none=True) for item in first.output),
        {"type": "function_call_output", "call_id": "tooluse_1", "output": "rain"},
    ]
    second = caller.openai.responses.create(model=caller.model, input=items, tools=[WEATHER])
    assert second.output_text == "Rain."
    messages = caller.script.calls()[-1].json["messages"]
    assert [message["role"] for message in messages] == ["user", "assistant", "user"]
    assert messages[1]["content"] == [
        {"reasoningContent": {"reasoningText": {"text": "Let me think.", "signature": "c2lnbg=="}}},
        {"text": "Looking."},
        {"toolUse": {"toolUseId": "tooluse_1", "name": "weather", "input": {"city": "Oslo"}}},
    ]
    assert messages[2]["content"] == [{"toolResult": {"toolUseId": "tooluse_1", "content": [{"text": "rain"}]}}]


def test_a_schema_reaches_the_provider_and_its_answer_is_parsed(provider, make_caller):
    class City(BaseModel):
        name: str

    script = provider.script(["text", '{"name":"Oslo"}'], ["finish", "end_turn"], ["usage", USAGE])
    caller = make_caller(script, "openai")
    answer = caller.openai.responses.parse(model=caller.model, input="City?", text_format=City)
    assert answer.output_parsed == City(name="Oslo")
    sent = caller.script.call.json["response_format"]
    assert sent["type"] == "json_schema" and sent["json_schema"]["name"] == "City" and sent["json_schema"]["strict"]


@pytest.mark.parametrize("stream", [False, True])
def test_an_answer_that_was_cut_off_is_incomplete(provider, make_caller, stream):
    caller = make_caller(provider.script(["text", "po"], ["finish", "max_tokens"], ["usage", USAGE]))
    answer = raw(caller, stream=stream)
    if stream:
        last = events(answer)[-1]
        assert last["type"] == "response.incomplete"
        response = last["response"]
    else:
        response = answer.json()
    assert response["status"] == "incomplete" and response["incomplete_details"] == {"reason": "max_output_tokens"}
    assert response["output"][0]["status"] == "incomplete" and response["output"][0]["content"][0]["text"] == "po"


def test_a_failure_in_the_stream_is_an_event_and_recorded(provider, make_caller):
    caller = make_caller(
        provider.script(["text", "po"], ["exception", "modelStreamErrorException", "The model failed"])
    )
    found = events(raw(caller, stream=True))
    assert found[-1]["type"] == "response.failed"
    assert found[-1]["response"]["status"] == "failed" and found[-1]["response"]["error"]["code"] == "server_error"
    assert "response.completed" not in {event["type"] for event in found}
    assert caller.thread()["status"] == "error"
    caller.assert_released()


def test_a_failure_before_the_first_event_has_a_real_status(provider, make_caller):
    refusal = {
        "status": 429,
        "headers": {"Content-Type": "application/json", "x-amzn-errortype": "ThrottlingException"},
        "body": json.dumps({"message": "Slow down"}),
    }
    caller = make_caller(provider.script(refuse=refusal))
    with pytest.raises(openai.RateLimitError):
        caller.openai.responses.create(model=caller.model, input="ping", stream=True)
    until(lambda: caller.thread()["fee"] == 0, "nothing was charged")


@pytest.mark.parametrize(
    "members, param",
    [
        ({"store": True}, "store"),
        ({"previous_response_id": "resp_1"}, "previous_response_id"),
        ({"conversation": "conv_1"}, "conversation"),
        ({"background": True}, "background"),
        ({"input": []}, "input"),
        ({"input": [{"type": "item_reference", "id": "msg_1"}]}, "input[0].type"),
        ({"input": [{"role": "user", "content": [{"type": "image"}]}]}, "input[0].content[0].type"),
        ({"input": [{"type": "function_call_output", "output": "x"}]}, "input[0].call_id"),
        ({"tools": [{"type": "web_search"}]}, "tools[0].type"),
        ({"tool_choice": {"type": "function", "name": "x"}}, "tool_choice.name"),
        ({"text": {"format": {"type": "xml"}}}, "text.format.type"),
        ({"include": ["file_search_call.results"]}, "include[0]"),
        ({"max_output_tokens": 0}, "max_output_tokens"),
        ({"temperature": 3}, "temperature"),
    ],
)
def test_what_cannot_be_used_is_named(provider, make_caller, members, param):
    caller = make_caller(provider.script(["text", "x"], ["finish", "end_turn"], ["usage", USAGE]))
    answer = raw(caller, **members)
    assert answer.status_code == 400 and answer.json()["error"]["param"] == param, answer.text
    assert caller.script.calls() == []
