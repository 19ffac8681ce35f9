"""LiteLLM as a client: an agent's loop by OpenAI's interface and by Anthropic's."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from harness import weather
from harness.agent import Agent

pytestmark = pytest.mark.timeout(150)


@pytest.fixture(scope="module")
def agent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Agent]:
    agent = Agent("litellm_agent", tmp_path_factory.mktemp("agent"))
    yield agent
    agent.stop()


@pytest.mark.parametrize("api", ["openai", "anthropic"])
@pytest.mark.parametrize("kind, stream", [("bedrock", True), ("bedrock", False), ("openai", True), ("openai", False)])
def test_an_agent_calls_a_tool_and_streams_its_answer(provider, make_caller, agent, kind, api, stream):
    caller = make_caller(weather.script(provider), kind, model={"price_in": 3, "price_out": 15})
    seen = agent.run(weather.job(caller, api=api, stream=stream))
    weather.assert_seen(seen)
    assert seen["finish"] == ["tool_calls", "stop"]
    weather.assert_told(caller, stream=stream)
    weather.assert_recorded(caller)


@pytest.mark.parametrize("api", ["openai", "anthropic"])
def test_a_refusal_becomes_the_client_s_own_error(provider, make_caller, agent, api):
    caller = make_caller(weather.script(provider))
    caller.instance.admin.post("/admin/api-key/unbind-model", key_id=caller.key_id, model_id=caller.model_row["id"])
    seen = agent.run(weather.job(caller, api=api, stream=False))
    # Which of its classes that is, differs between its own interfaces.
    assert seen["status"] == 403
    assert caller.model in seen["text"] and caller.key not in seen["text"]
    assert caller.script.calls() == []
