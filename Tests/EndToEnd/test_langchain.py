"""LangChain as a client: an agent calls a tool, is told the result, and streams its answer."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from harness import weather
from harness.agent import Agent

pytestmark = pytest.mark.timeout(150)


@pytest.fixture(scope="module")
def agent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Agent]:
    agent = Agent("langchain_agent", tmp_path_factory.mktemp("agent"))
    yield agent
    agent.stop()


@pytest.mark.parametrize("api", ["chat", "responses", "messages"])
@pytest.mark.parametrize("kind", ["bedrock", "openai"])
def test_an_agent_calls_a_tool_and_streams_its_answer(provider, make_caller, agent, kind, api):
    caller = make_caller(weather.script(provider), kind, model={"price_in": 3, "price_out": 15})
    seen = agent.run(weather.job(caller, api=api))
    weather.assert_seen(seen)
    assert seen["asked"] == ["Oslo"] and seen["result"] == weather.RESULT
    weather.assert_told(caller, stream=True)
    weather.assert_recorded(caller)
