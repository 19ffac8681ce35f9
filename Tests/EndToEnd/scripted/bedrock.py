"""Bedrock's runtime API: Converse, ConverseStream and InvokeModel."""

from __future__ import annotations

import json
import uuid
from typing import Any
from urllib.parse import unquote

from . import eventstream, invoke, signature, validation
from .http import Request
from .script import Step

UNSIGNED = "Not signed"

#: Status of each exception, from botocore's service model.
STATUSES = {
    "AccessDeniedException": 403,
    "ExpiredTokenException": 403,
    "InternalServerException": 500,
    "ModelErrorException": 424,
    "ModelNotReadyException": 429,
    "ModelStreamErrorException": 424,
    "ModelTimeoutException": 408,
    "ResourceNotFoundException": 404,
    "ServiceQuotaExceededException": 400,
    "ServiceUnavailableException": 503,
    "ThrottlingException": 429,
    "UnrecognizedClientException": 403,
    "ValidationException": 400,
}


def parsed(request: Request) -> tuple[str, str] | None:
    """Model id and action of a request's path."""
    parts = request.target.split("?")[0].split("/")
    if request.method != "POST" or len(parts) != 4 or parts[:2] != ["", "model"]:
        return None
    return (unquote(parts[2]), parts[3]) if parts[3] in (*validation.OPERATIONS, "invoke") else None


def faults(request: Request, model: str, action: str) -> list[str]:
    """Everything that AWS would refuse in the request."""
    found = []
    unsigned = signature.problem(request.method, request.target, request.headers, request.body)
    if unsigned:
        found.append(f"{UNSIGNED}: {unsigned}")
    if any(byte in request.target.split("/")[2] for byte in ":+@ "):
        found.append(f"The model id in {request.target!r} is not percent-encoded")
    if (request.header("content-type") or "").split(";")[0] != "application/json":
        found.append(f"Content-Type is {request.header('content-type')!r}")
    try:
        body = json.loads(request.body)
    except ValueError as error:
        return [*found, f"The body is not JSON: {error}"]
    problems = invoke.problems(model, body) if action == "invoke" else validation.problems(action, model, body)
    return found + problems


def refusal(kind: str, message: str, *, member: str = "message", suffix: str = "") -> dict[str, Any]:
    """An error before the stream, as Bedrock sends it. `suffix` is what some of its front ends add to the type."""
    return {
        "status": STATUSES[kind],
        "headers": {"Content-Type": "application/json", "x-amzn-errortype": kind + suffix},
        "body": json.dumps({member: message}),
    }


def refusal_of(found: list[str]) -> dict[str, Any]:
    """What AWS says to a request with these faults."""
    kind = "UnrecognizedClientException" if found[0].startswith(UNSIGNED) else "ValidationException"
    return refusal(kind, "; ".join(found))


class Message:
    """Turns a script's steps into Bedrock's content blocks, numbered as the service numbers them."""

    def __init__(self) -> None:
        self._index = -1
        self._open: str | None = None
        self._started = False

    def events(self, step: Step) -> list[tuple[str, dict[str, Any]]]:
        match step:
            case ["text", text]:
                return self._delta("text", {"text": text})
            case ["reasoning", text]:
                return self._delta("reasoning", {"reasoningContent": {"text": text}})
            case ["signature", text]:
                return self._delta("reasoning", {"reasoningContent": {"signature": text}})
            case ["redacted", data]:
                return self._delta("redacted", {"reasoningContent": {"redactedContent": data}})
            case ["tool", tool_id, name, pieces]:
                return self._tool(tool_id, name, pieces)
            case ["finish", reason]:
                return [*self._start(), *self._close(), ("messageStop", {"stopReason": reason})]
            case ["usage", usage, *tier]:
                total = sum(v for k, v in usage.items() if k != "cacheDetails")
                served = {"serviceTier": {"type": tier[0]}} if tier else {}
                return [("metadata", {"usage": {"totalTokens": total, **usage}, "metrics": {"latencyMs": 7}, **served})]
            case ["event", kind, payload]:
                return [(kind, payload)]
        raise ValueError(f"No such step: {step!r}")

    def _start(self) -> list[tuple[str, dict[str, Any]]]:
        if self._started:
            return []
        self._started = True
        return [("messageStart", {"role": "assistant"})]

    def _close(self) -> list[tuple[str, dict[str, Any]]]:
        if self._open is None:
            return []
        self._open = None
        return [("contentBlockStop", {"contentBlockIndex": self._index})]

    def _next(self, kind: str) -> list[tuple[str, dict[str, Any]]]:
        closing = [*self._start(), *self._close()]
        self._index += 1
        self._open = kind
        return closing

    def _delta(self, kind: str, delta: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
        before = self._start() if self._open == kind else self._next(kind)
        return [*before, ("contentBlockDelta", {"contentBlockIndex": self._index, "delta": delta})]

    def _tool(self, tool_id: str, name: str, pieces: list[str]) -> list[tuple[str, dict[str, Any]]]:
        begin = {"start": {"toolUse": {"toolUseId": tool_id, "name": name}}}
        events = [*self._next("tool"), ("contentBlockStart", {"contentBlockIndex": self._index, **begin})]
        for piece in pieces:
            events += self._delta("tool", {"toolUse": {"input": piece}})
        return [*events, *self._close()]


class StreamEncoder:
    """ConverseStream's answer."""

    content_type = "application/vnd.amazon.eventstream"

    def __init__(self) -> None:
        self.headers = {"x-amzn-RequestId": str(uuid.uuid4())}
        self._message = Message()

    def encode(self, step: Step) -> list[bytes]:
        match step:
            case ["exception", kind, text]:
                return [eventstream.exception(kind, text)]
            case ["error", code, text]:
                return [eventstream.error(code, text)]
        return [eventstream.event(kind, payload) for kind, payload in self._message.events(step)]

    def finish(self) -> list[bytes]:
        return []


class WholeEncoder:
    """Converse's answer."""

    content_type = "application/json"

    def __init__(self) -> None:
        self.headers = {"x-amzn-RequestId": str(uuid.uuid4())}
        self._blocks: list[dict[str, Any]] = []
        self._stop = "end_turn"
        self._served: dict[str, Any] = {}
        self._usage: dict[str, Any] = {"inputTokens": 0, "outputTokens": 0, "totalTokens": 0}

    def encode(self, step: Step) -> list[bytes]:
        match step:
            case ["text", text]:
                self._add_text(text)
            case ["reasoning" | "signature" as kind, text]:
                self._add_reasoning("text" if kind == "reasoning" else "signature", text)
            case ["redacted", data]:
                self._blocks.append({"reasoningContent": {"redactedContent": data}})
            case ["tool", tool_id, name, pieces]:
                arguments = json.loads("".join(pieces) or "{}")
                self._blocks.append({"toolUse": {"toolUseId": tool_id, "name": name, "input": arguments}})
            case ["finish", reason]:
                self._stop = reason
            case ["usage", usage, *tier]:
                self._served = {"serviceTier": {"type": tier[0]}} if tier else {}
                total = sum(v for k, v in usage.items() if k != "cacheDetails")
                self._usage = {"totalTokens": total, **usage}
        return []

    def finish(self) -> list[bytes]:
        message = {"role": "assistant", "content": self._blocks}
        answer = {
            "output": {"message": message},
            "stopReason": self._stop,
            "usage": self._usage,
            "metrics": {"latencyMs": 7},
            **self._served,
        }
        return [json.dumps(answer, ensure_ascii=False).encode()]

    def _add_text(self, text: str) -> None:
        if self._blocks and "text" in self._blocks[-1]:
            self._blocks[-1]["text"] += text
        else:
            self._blocks.append({"text": text})

    def _add_reasoning(self, member: str, text: str) -> None:
        if not self._blocks or "reasoningText" not in self._blocks[-1].get("reasoningContent", {}):
            self._blocks.append({"reasoningContent": {"reasoningText": {"text": ""}}})
        block = self._blocks[-1]["reasoningContent"]["reasoningText"]
        block[member] = block.get(member, "") + text
