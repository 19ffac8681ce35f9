"""An agent of LangChain's. Reads jobs from standard input, and writes what it has seen to standard output: a line of JSON each.

Job: `api` (chat, responses or messages), `url`, `key`, `model`, `question`, `result` (what the tool answers).
"""

from __future__ import annotations

import json
import sys
from typing import Any

from langchain.agents import create_agent
from langchain.tools import tool
from langchain_anthropic import ChatAnthropic
from langchain_core.messages import AIMessageChunk
from langchain_openai import ChatOpenAI


def model_of(job: dict[str, Any]):
    common = {"model": job["model"], "api_key": job["key"], "max_retries": 0, "timeout": 20}
    if job["api"] == "messages":
        return ChatAnthropic(base_url=job["url"], max_tokens=500, stream_usage=True, **common)
    return ChatOpenAI(
        base_url=f"{job['url']}/v1", stream_usage=True, use_responses_api=job["api"] == "responses", **common
    )


def run(job: dict[str, Any]) -> dict[str, Any]:
    asked: list[str] = []

    @tool
    def weather(city: str) -> str:
        """Tells the weather in a city."""
        asked.append(city)
        return job["result"]

    agent = create_agent(model_of(job), [weather])
    pieces, messages = [], []
    question = {"messages": [{"role": "user", "content": job["question"]}]}
    for mode, part in agent.stream(question, stream_mode=["messages", "updates"]):
        if mode == "updates":
            messages += [message for update in part.values() for message in update["messages"]]
        elif isinstance(part[0], AIMessageChunk) and part[0].text and asked:
            pieces.append(part[0].text)
    call, result, answer = messages
    return {
        "asked": asked,
        "pieces": pieces,
        "said": call.text,
        "calls": [{"name": c["name"], "args": c["args"], "id": c["id"]} for c in call.tool_calls],
        "result": result.content,
        "answer": answer.text,
        "usage": [[m.usage_metadata["input_tokens"], m.usage_metadata["output_tokens"]] for m in (call, answer)],
    }


if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(run(json.loads(line))), flush=True)
