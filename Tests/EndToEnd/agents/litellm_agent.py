"""An agent's loop written with LiteLLM. Reads jobs from standard input, and writes what it has seen to standard
output: a line of JSON each.

Job: `api` (openai or anthropic), `url`, `key`, `model`, `question`, `result` (what the tool answers), `stream` (whether
the first call is streamed, too). An error of the client is written as `{"error": its class, "status": …, "text": …}`.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

# It reads prices from the network when it is loaded, unless told to use its own.
os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
import litellm  # noqa: E402

TOOL = {
    "type": "function",
    "function": {
        "name": "weather",
        "description": "Tells the weather in a city.",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
    },
}


def complete(job: dict[str, Any], messages: list[Any], stream: bool):
    address = {"openai": f"{job['url']}/v1", "anthropic": job["url"]}[job["api"]]
    return litellm.completion(
        model=f"{job['api']}/{job['model']}",
        api_base=address,
        api_key=job["key"],
        messages=messages,
        max_tokens=500,
        tools=[TOOL],
        timeout=20,
        num_retries=0,
        stream=stream,
        **({"stream_options": {"include_usage": True}} if stream else {}),
    )


def run(job: dict[str, Any]) -> dict[str, Any]:
    messages: list[Any] = [{"role": "user", "content": job["question"]}]
    first = complete(job, messages, job["stream"])
    if job["stream"]:
        first = litellm.stream_chunk_builder(list(first), messages=messages)
    message = first.choices[0].message
    calls = message.tool_calls
    messages.append(message.model_dump())
    messages += [{"role": "tool", "tool_call_id": call.id, "content": job["result"]} for call in calls]
    chunks = list(complete(job, messages, True))
    answer = litellm.stream_chunk_builder(chunks, messages=messages)
    return {
        "finish": [first.choices[0].finish_reason, answer.choices[0].finish_reason],
        "pieces": [c.choices[0].delta.content for c in chunks if c.choices and c.choices[0].delta.content],
        "said": message.content,
        "calls": [{"name": c.function.name, "args": json.loads(c.function.arguments), "id": c.id} for c in calls],
        "answer": answer.choices[0].message.content,
        "usage": [[made.usage.prompt_tokens, made.usage.completion_tokens] for made in (first, answer)],
    }


def told(job: dict[str, Any]) -> dict[str, Any]:
    try:
        return run(job)
    except Exception as error:
        # Its errors have no class in common but this; those of an answer have its status.
        if not hasattr(error, "status_code"):
            raise
        return {"error": type(error).__name__, "status": error.status_code, "text": str(error)}


if __name__ == "__main__":
    # It writes hints to standard output, which is for answers alone.
    answers, sys.stdout = sys.stdout, sys.stderr
    for line in sys.stdin:
        print(json.dumps(told(json.loads(line))), file=answers, flush=True)
