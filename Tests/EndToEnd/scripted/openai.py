"""An OpenAI-compatible provider: POST …/chat/completions; and …/embeddings, see openai_embeddings.py."""

from __future__ import annotations

import json
import time
import uuid
from typing import Any

from . import images, openai_embeddings
from .http import Request
from .script import Step

API_KEY = "sk-scripted-provider-0123456789"

FINISH = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "tool_use": "tool_calls",
    "max_tokens": "length",
    "content_filtered": "content_filter",
}


def faults(request: Request) -> list[str]:
    """Everything that OpenAI would refuse in the request."""
    found = []
    if request.header("authorization") != f"Bearer {API_KEY}":
        found.append("Authorization is not the provider's key")
    path = request.target.split("?")[0]
    if not path.endswith(("/chat/completions", "/embeddings", "/images/generations")):
        found.append(f"Unknown URL {request.target!r}")
    try:
        body = json.loads(request.body)
    except ValueError as error:
        return [*found, f"The body is not JSON: {error}"]
    if path.endswith("/embeddings"):
        return found + openai_embeddings.faults(body)
    if path.endswith("/images/generations"):
        return found + images.openai_faults(body)
    if not isinstance(body.get("messages"), list) or not body["messages"]:
        found.append("messages is not a list with members")
    if "stream_options" in body and not body.get("stream"):
        found.append("stream_options is only allowed with stream: true")
    return found


def refusal(status: int, message: str, kind: str, code: str | None = None, **headers: str) -> dict[str, Any]:
    """An error as OpenAI sends it."""
    error = {"message": message, "type": kind, "param": None, "code": code}
    return {
        "status": status,
        "headers": {"Content-Type": "application/json", **headers},
        "body": json.dumps({"error": error}),
    }


def usage_object(usage: dict[str, Any]) -> dict[str, Any]:
    """Bedrock's counts as OpenAI reports them: its prompt tokens include those read from a cache."""
    cached = usage.get("cacheReadInputTokens", 0)
    prompt = usage["inputTokens"] + cached
    return {
        "prompt_tokens": prompt,
        "completion_tokens": usage["outputTokens"],
        "total_tokens": prompt + usage["outputTokens"],
        "prompt_tokens_details": {"cached_tokens": cached},
    }


class StreamEncoder:
    """A streamed chat completion."""

    content_type = "text/event-stream; charset=utf-8"

    def __init__(self, body: dict[str, Any], done: bool) -> None:
        self.headers = {"x-request-id": f"req_{uuid.uuid4().hex}"}
        self._wants_usage = bool((body.get("stream_options") or {}).get("include_usage"))
        self._done = done
        self._base = {
            "id": f"chatcmpl-{uuid.uuid4().hex}",
            "object": "chat.completion.chunk",
            "created": int(time.time()),
            "model": str(body.get("model")) + "-2026-01-01",
        }
        self._started = self._finished = False
        self._tools = 0

    def encode(self, step: Step) -> list[bytes]:
        match step:
            case ["text", text]:
                return self._delta({"content": text})
            case ["reasoning", text]:
                return self._delta({"reasoning_content": text})
            case ["signature", _] | ["redacted", _]:
                return []
            case ["tool", tool_id, name, pieces]:
                return self._tool(tool_id, name, pieces)
            case ["finish", reason]:
                self._finished = True
                return self._delta({}, FINISH.get(reason, "stop"))
            case ["usage", usage]:
                return [self._event({"choices": [], "usage": usage_object(usage)})] if self._wants_usage else []
            case ["event", _, payload]:
                return [self._event(payload)]
            case ["exception" | "error", kind, text]:
                return [self._line({"error": {"message": text, "type": kind, "param": None, "code": kind}})]
        raise ValueError(f"No such step: {step!r}")

    def finish(self) -> list[bytes]:
        return [b"data: [DONE]\n\n"] if self._done and self._finished else []

    def _tool(self, tool_id: str, name: str, pieces: list[str]) -> list[bytes]:
        head = {"id": tool_id, "type": "function", "function": {"name": name, "arguments": ""}}
        parts = [head, *({"function": {"arguments": piece}} for piece in pieces)]
        chunks = [self._delta({"tool_calls": [{"index": self._tools, **part}]}) for part in parts]
        self._tools += 1
        return [line for lines in chunks for line in lines]

    def _delta(self, delta: dict[str, Any], finish: str | None = None) -> list[bytes]:
        first = [] if self._started else [{"role": "assistant", "content": ""}]
        self._started = True
        deltas = [(d, None) for d in first] + [(delta, finish)]
        return [
            self._event({"choices": [{"index": 0, "delta": d, "logprobs": None, "finish_reason": f}]})
            for d, f in deltas
        ]

    def _event(self, members: dict[str, Any]) -> bytes:
        extra = {"usage": None} if self._wants_usage else {}
        return self._line({**self._base, **extra, **members})

    def _line(self, value: dict[str, Any]) -> bytes:
        return b"data: " + json.dumps(value, ensure_ascii=False).encode() + b"\n\n"


class WholeEncoder:
    """A chat completion in one piece."""

    content_type = "application/json"

    def __init__(self, body: dict[str, Any]) -> None:
        self.headers = {"x-request-id": f"req_{uuid.uuid4().hex}"}
        self._model = str(body.get("model")) + "-2026-01-01"
        self._message: dict[str, Any] = {"role": "assistant", "content": None, "refusal": None, "annotations": []}
        self._finish = "stop"
        self._usage = usage_object({"inputTokens": 0, "outputTokens": 0})

    def encode(self, step: Step) -> list[bytes]:
        message = self._message
        match step:
            case ["text", text]:
                message["content"] = (message["content"] or "") + text
            case ["reasoning", text]:
                message["reasoning_content"] = message.get("reasoning_content", "") + text
            case ["tool", tool_id, name, pieces]:
                call = {"id": tool_id, "type": "function", "function": {"name": name, "arguments": "".join(pieces)}}
                message.setdefault("tool_calls", []).append(call)
            case ["finish", reason]:
                self._finish = FINISH.get(reason, "stop")
            case ["usage", usage]:
                self._usage = usage_object(usage)
        return []

    def finish(self) -> list[bytes]:
        choice = {"index": 0, "message": self._message, "logprobs": None, "finish_reason": self._finish}
        answer = {
            "id": f"chatcmpl-{uuid.uuid4().hex}",
            "object": "chat.completion",
            "created": int(time.time()),
            "model": self._model,
            "choices": [choice],
            "usage": self._usage,
        }
        return [json.dumps(answer, ensure_ascii=False).encode()]
