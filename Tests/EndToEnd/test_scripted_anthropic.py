"""The scripted Anthropic provider, checked with the anthropic client."""

from __future__ import annotations

import anthropic as sdk
import pytest

from scripted import anthropic

ASK = [{"role": "user", "content": "ping"}]
USAGE = {"inputTokens": 3, "outputTokens": 4, "cacheReadInputTokens": 10}


@pytest.fixture
def client(provider):
    with sdk.Anthropic(base_url=provider.anthropic_url, api_key=anthropic.API_KEY, max_retries=0, timeout=5) as made:
        yield made


def test_a_stream_is_accumulated_by_the_anthropic_client(provider, client):
    script = provider.script(
        ["reasoning", "hm"],
        ["signature", "c2ln"],
        ["redacted", "ZGF0YQ=="],
        ["text", "Hel"],
        ["text", "lo"],
        ["tool", "toolu_1", "weather", ['{"city":', '"Oslo"}']],
        ["finish", "tool_use"],
        ["usage", USAGE],
    )
    with client.messages.stream(model=script.model, messages=ASK, max_tokens=99) as stream:
        message = stream.get_final_message()
    thinking, redacted, text, tool = message.content
    assert (thinking.thinking, thinking.signature, redacted.data) == ("hm", "c2ln", "ZGF0YQ==")
    assert (text.text, tool.id, tool.input) == ("Hello", "toolu_1", {"city": "Oslo"})
    assert message.stop_reason == "tool_use"
    assert (message.usage.input_tokens, message.usage.cache_read_input_tokens) == (3, 10)
    assert message.usage.output_tokens == 4


def test_a_whole_message_and_a_count_are_read_by_the_anthropic_client(provider, client):
    script = provider.script(["text", "Hello"], ["finish", "max_tokens"], ["usage", USAGE])
    message = client.messages.create(model=script.model, messages=ASK, max_tokens=9)
    assert (message.content[0].text, message.stop_reason) == ("Hello", "max_tokens")
    assert client.messages.count_tokens(model=script.model, messages=ASK).input_tokens == 3


def test_an_error_before_and_in_the_middle_of_a_stream_is_raised(provider, client):
    script = provider.script(refuse=anthropic.refusal(529, "busy", "overloaded_error"))
    with pytest.raises(sdk.APIStatusError) as raised:
        client.messages.create(model=script.model, messages=ASK, max_tokens=9)
    assert raised.value.status_code == 529
    script = provider.script(["text", "x"], ["exception", "overloaded_error", "scripted trouble"])
    with (
        pytest.raises(sdk.APIStatusError, match="scripted trouble"),
        client.messages.stream(model=script.model, messages=ASK, max_tokens=9) as stream,
    ):
        stream.get_final_message()


@pytest.mark.faults("the request is one that Anthropic refuses")
def test_what_anthropic_refuses_is_a_fault(provider, client):
    for messages, match in [
        ([{"role": "assistant", "content": "x"}], "first message"),
        ([{"role": "user", "content": [{"type": "text", "text": " "}]}], "non-empty"),
    ]:
        with pytest.raises(sdk.BadRequestError, match=match):
            client.messages.create(model="any", messages=messages, max_tokens=9)
    with pytest.raises(sdk.BadRequestError, match="Extra inputs"):
        client.messages.create(model="any", messages=ASK, max_tokens=9, extra_body={"seed": 1})
