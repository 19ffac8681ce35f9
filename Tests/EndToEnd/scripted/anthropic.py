"""Anthropic's API: POST /v1/messages and /v1/messages/count_tokens."""

from __future__ import annotations

import json
import re
import uuid
from typing import Any

from .http import Request
from .script import Step

API_KEY = "sk-ant-scripted-provider-0123456789"

#: What a script's reasons are called here; the others are Bedrock's own words and the same.
STOP = {"content_filtered": "refusal", "guardrail_intervened": "refusal"}

#: Everything that a request may have; the API refuses others.
MEMBERS = {
    "model", "messages", "max_tokens", "system", "tools", "tool_choice", "thinking", "metadata", "stop_sequences",
    "stream", "temperature", "top_k", "top_p", "service_tier", "output_config", "cache_control", "container",
    "context_management", "mcp_servers", "inference_geo",
}  # fmt: skip
NOT_COUNTED = {"max_tokens", "metadata", "stop_sequences", "stream", "temperature", "top_k", "top_p", "service_tier"}


def is_count(request: Request) -> bool:
    return request.target.split("?")[0].endswith("/count_tokens")


def faults(request: Request) -> list[str]:
    """Everything that Anthropic would refuse in the request."""
    found = []
    keys = [request.header("x-api-key"), (request.header("authorization") or "").removeprefix("Bearer ")]
    if [key for key in keys if key] != [API_KEY]:
        found.append("the request does not carry the provider's key, once")
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", request.header("anthropic-version") or ""):
        found.append("anthropic-version: header is required")
    if request.target.split("?")[0] not in ("/v1/messages", "/v1/messages/count_tokens"):
        found.append(f"Unknown URL {request.target!r}")
    try:
        body = json.loads(request.body)
    except ValueError as error:
        return [*found, f"The body is not JSON: {error}"]
    allowed = MEMBERS - NOT_COUNTED if is_count(request) else MEMBERS
    found += [f"{name}: Extra inputs are not permitted" for name in sorted(set(body) - allowed)]
    if not is_count(request):
        found += _limit_faults(body)
    if not isinstance(body.get("messages"), list) or not body["messages"]:
        return [*found, "messages: at least one message is required"]
    return found + _message_faults(body["messages"])


def _limit_faults(body: dict[str, Any]) -> list[str]:
    limit = body.get("max_tokens")
    if not isinstance(limit, int) or limit < 1:
        return ["max_tokens: Field required"]
    thinking = body.get("thinking") or {}
    found = []
    if thinking.get("type") == "enabled":
        if not 1024 <= thinking.get("budget_tokens", 0) < limit:
            found.append("thinking.budget_tokens: must be at least 1024 and less than max_tokens")
        if body.get("temperature", 1) != 1 or "top_k" in body:
            found.append("temperature and top_k may not be set when thinking is enabled")
    if body.get("temperature", 0) > 1:
        found.append("temperature: range: 0..1")
    return found


def _message_faults(messages: list[dict[str, Any]]) -> list[str]:
    found = []
    open_calls: set[str] = set()
    if messages[0].get("role") != "user":
        found.append("messages: first message must use the user role")
    for index, message in enumerate(messages):
        if message.get("role") not in ("user", "assistant"):
            found.append(f"messages.{index}.role: must be user or assistant")
        content = message.get("content")
        blocks = [{"type": "text", "text": content}] if isinstance(content, str) else content or []
        answered = {b.get("tool_use_id") for b in blocks if b.get("type") == "tool_result"}
        if open_calls - answered:
            found.append(f"messages.{index}: tool_use ids without tool_result: {sorted(open_calls - answered)}")
        open_calls = {b["id"] for b in blocks if b.get("type") == "tool_use"}
        for place, block in enumerate(blocks):
            if block.get("type") == "text" and not block.get("text", "").strip():
                found.append(f"messages.{index}.content.{place}: text content blocks must be non-empty")
            if block.get("type") == "thinking" and not block.get("signature"):
                found.append(f"messages.{index}.content.{place}.signature: Field required")
            if block.get("type") == "tool_use" and not re.fullmatch(r"[a-zA-Z0-9_-]+", block.get("id", "")):
                found.append(f"messages.{index}.content.{place}.id: String should match pattern")
    return found


def refusal(status: int, message: str, kind: str, **headers: str) -> dict[str, Any]:
    """An error as Anthropic sends it."""
    error = {"type": "error", "error": {"type": kind, "message": message}, "request_id": "req_scripted"}
    return {"status": status, "headers": {"Content-Type": "application/json", **headers}, "body": json.dumps(error)}


def usage_object(usage: dict[str, Any]) -> dict[str, Any]:
    """Bedrock's counts in Anthropic's words."""
    lifetimes = {detail["ttl"]: detail["inputTokens"] for detail in usage.get("cacheDetails", [])}
    written = usage.get("cacheWriteInputTokens", 0)
    hour = lifetimes.get("1h", 0)
    return {
        "input_tokens": usage["inputTokens"],
        "cache_creation_input_tokens": written,
        "cache_read_input_tokens": usage.get("cacheReadInputTokens", 0),
        "cache_creation": {"ephemeral_5m_input_tokens": written - hour, "ephemeral_1h_input_tokens": hour},
        "output_tokens": usage["outputTokens"],
        "output_tokens_details": None,
        "server_tool_use": None,
        "service_tier": "standard",
        "inference_geo": "global",
    }


class CountEncoder:
    """The answer of count_tokens: the script's input tokens."""

    content_type = "application/json"

    def __init__(self) -> None:
        self.headers: dict[str, str] = {}
        self._tokens = 0

    def encode(self, step: Step) -> list[bytes]:
        if step[0] == "usage":
            self._tokens = step[1]["inputTokens"]
        return []

    def finish(self) -> list[bytes]:
        return [json.dumps({"input_tokens": self._tokens}).encode()]


class StreamEncoder:
    """A streamed message. `message_start` tells the counts of a step `usage` that stands before the first event."""

    content_type = "text/event-stream; charset=utf-8"

    def __init__(self, body: dict[str, Any]) -> None:
        self.headers = {"request-id": f"req_{uuid.uuid4().hex}"}
        self._model = str(body.get("model")) + "-20260101"
        self._index = -1
        self._open: str | None = None
        self._started = False
        self._reason: str | None = None
        self._usage = {"inputTokens": 0, "outputTokens": 1}

    def encode(self, step: Step) -> list[bytes]:
        match step:
            case ["text", text]:
                return self._delta("text", {"text": ""}, {"type": "text_delta", "text": text})
            case ["reasoning", text]:
                empty = {"thinking": "", "signature": ""}
                return self._delta("thinking", empty, {"type": "thinking_delta", "thinking": text})
            case ["signature", text]:
                empty = {"thinking": "", "signature": ""}
                return self._delta("thinking", empty, {"type": "signature_delta", "signature": text})
            case ["redacted", data]:
                return [*self._next("redacted_thinking", {"data": data}), *self._close()]
            case ["tool", tool_id, name, pieces]:
                lines = self._next("tool_use", {"id": tool_id, "name": name, "input": {}})
                for piece in ["", *pieces]:
                    lines += self._delta("tool_use", {}, {"type": "input_json_delta", "partial_json": piece})
                return [*lines, *self._close()]
            case ["finish", reason]:
                self._reason = STOP.get(reason, reason)
                return [*self._start(), *self._close()]
            case ["usage", usage]:
                self._usage = usage
                return self._end() if self._reason else []
            case ["event", kind, payload]:
                return [*self._start(), self._line(kind, payload)]
            case ["exception" | "error", kind, text]:
                error = {"error": {"type": kind, "message": text}, "request_id": "req_scripted"}
                return [*self._start(), self._line("error", error)]
        raise ValueError(f"No such step: {step!r}")

    def finish(self) -> list[bytes]:
        return []

    def _end(self) -> list[bytes]:
        usage = usage_object(self._usage)
        for name in ("cache_creation", "service_tier", "inference_geo"):
            del usage[name]
        delta = {"stop_reason": self._reason, "stop_sequence": None}
        return [self._line("message_delta", {"delta": delta, "usage": usage}), self._line("message_stop", {})]

    def _start(self) -> list[bytes]:
        if self._started:
            return []
        self._started = True
        message = {
            "id": f"msg_{uuid.uuid4().hex}",
            "type": "message",
            "role": "assistant",
            "model": self._model,
            "content": [],
            "stop_reason": None,
            "stop_sequence": None,
            "usage": usage_object({**self._usage, "outputTokens": 1}),
        }
        return [self._line("message_start", {"message": message}), self._line("ping", {})]

    def _next(self, kind: str, members: dict[str, Any]) -> list[bytes]:
        before = [*self._start(), *self._close()]
        self._index += 1
        self._open = kind
        block = {"type": kind, **members}
        return [*before, self._line("content_block_start", {"index": self._index, "content_block": block})]

    def _close(self) -> list[bytes]:
        if self._open is None:
            return []
        self._open = None
        return [self._line("content_block_stop", {"index": self._index})]

    def _delta(self, kind: str, empty: dict[str, Any], delta: dict[str, Any]) -> list[bytes]:
        before = [] if self._open == kind else self._next(kind, empty)
        return [*before, self._line("content_block_delta", {"index": self._index, "delta": delta})]

    def _line(self, kind: str, members: dict[str, Any]) -> bytes:
        data = json.dumps({"type": kind, **members}, ensure_ascii=False)
        return f"event: {kind}\ndata: {data}\n\n".encode()


class WholeEncoder:
    """A message in one piece."""

    content_type = "application/json"

    def __init__(self, body: dict[str, Any]) -> None:
        self.headers = {"request-id": f"req_{uuid.uuid4().hex}"}
        self._model = str(body.get("model")) + "-20260101"
        self._blocks: list[dict[str, Any]] = []
        self._reason = "end_turn"
        self._usage = usage_object({"inputTokens": 0, "outputTokens": 0})

    def encode(self, step: Step) -> list[bytes]:
        match step:
            case ["text", text]:
                self._block("text", {"text": "", "citations": None})["text"] += text
            case ["reasoning", text]:
                self._block("thinking", {"thinking": "", "signature": ""})["thinking"] += text
            case ["signature", text]:
                self._block("thinking", {"thinking": "", "signature": ""})["signature"] += text
            case ["redacted", data]:
                self._blocks.append({"type": "redacted_thinking", "data": data})
            case ["tool", tool_id, name, pieces]:
                arguments = json.loads("".join(pieces) or "{}")
                caller = {"type": "direct"}
                self._blocks.append(
                    {"type": "tool_use", "id": tool_id, "name": name, "input": arguments, "caller": caller}
                )
            case ["finish", reason]:
                self._reason = STOP.get(reason, reason)
            case ["usage", usage]:
                self._usage = usage_object(usage)
        return []

    def finish(self) -> list[bytes]:
        answer = {
            "id": f"msg_{uuid.uuid4().hex}",
            "type": "message",
            "role": "assistant",
            "model": self._model,
            "content": self._blocks,
            "stop_reason": self._reason,
            "stop_sequence": None,
            "stop_details": None,
            "container": None,
            "usage": self._usage,
        }
        return [json.dumps(answer, ensure_ascii=False).encode()]

    def _block(self, kind: str, members: dict[str, Any]) -> dict[str, Any]:
        if not self._blocks or self._blocks[-1]["type"] != kind:
            self._blocks.append({"type": kind, **members})
        return self._blocks[-1]
