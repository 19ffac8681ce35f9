"""The scripted OpenAI-compatible provider, checked with the openai client."""

from __future__ import annotations

import openai as sdk
import pytest

from scripted import openai

ASK = [{"role": "user", "content": "ping"}]


@pytest.fixture
def client(provider):
    with sdk.OpenAI(base_url=provider.openai_url, api_key=openai.API_KEY, max_retries=0, timeout=5) as made:
        yield made


def test_a_stream_is_read_by_the_openai_client_with_usage_when_asked(provider, client):
    script = provider.script(
        ["reasoning", "hm"],
        ["text", "Hel"],
        ["text", "lo"],
        ["tool", "call_1", "weather", ['{"city":', '"Oslo"}']],
        ["finish", "tool_use"],
        ["usage", {"inputTokens": 3, "outputTokens": 4, "cacheReadInputTokens": 10}],
    )
    stream = client.chat.completions.create(
        model=script.model, messages=ASK, stream=True, stream_options={"include_usage": True}
    )
    chunks = list(stream)
    deltas = [chunk.choices[0].delta for chunk in chunks if chunk.choices]
    assert "".join(delta.content or "" for delta in deltas) == "Hello"
    assert "".join(call.function.arguments for d in deltas for call in d.tool_calls or []) == '{"city":"Oslo"}'
    assert [c.choices[0].finish_reason for c in chunks if c.choices][-1] == "tool_calls"
    assert (chunks[-1].usage.prompt_tokens, chunks[-1].usage.completion_tokens) == (13, 4)
    assert len({chunk.id for chunk in chunks}) == 1


def test_usage_is_left_out_of_a_stream_that_did_not_ask(provider, client):
    script = provider.script(["text", "x"], ["finish", "end_turn"], ["usage", {"inputTokens": 3, "outputTokens": 4}])
    chunks = list(client.chat.completions.create(model=script.model, messages=ASK, stream=True))
    assert all(chunk.usage is None for chunk in chunks)


def test_a_whole_answer_is_read_by_the_openai_client(provider, client):
    script = provider.script(
        ["text", "Hello"], ["finish", "max_tokens"], ["usage", {"inputTokens": 3, "outputTokens": 4}]
    )
    answer = client.chat.completions.create(model=script.model, messages=ASK)
    assert answer.choices[0].message.content == "Hello"
    assert answer.choices[0].finish_reason == "length"
    assert answer.usage.total_tokens == 7


def test_an_error_before_the_stream_is_raised_as_its_class(provider, client):
    script = provider.script(refuse=openai.refusal(429, "slow down", "requests", "rate_limit_exceeded"))
    with pytest.raises(sdk.RateLimitError) as raised:
        client.chat.completions.create(model=script.model, messages=ASK)
    assert raised.value.code == "rate_limit_exceeded"


def test_an_error_event_is_raised_in_the_middle_of_a_stream(provider, client):
    script = provider.script(["text", "x"], ["exception", "server_error", "scripted trouble"])
    with pytest.raises(sdk.APIError, match="scripted trouble"):
        list(client.chat.completions.create(model=script.model, messages=ASK, stream=True))


@pytest.mark.faults("the key is wrong")
def test_a_wrong_key_is_a_fault(provider):
    with (
        sdk.OpenAI(base_url=provider.openai_url, api_key="sk-other", max_retries=0) as client,
        pytest.raises(sdk.BadRequestError, match="not the provider's key"),
    ):
        client.chat.completions.create(model="any", messages=ASK)
