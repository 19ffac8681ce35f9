#!/usr/bin/env python3
"""Writes the inputs that fuzzing begins with: seeds.py TARGET FOLDER. Small, and one of each kind."""

from __future__ import annotations

import json
import struct
import sys
import zlib
from pathlib import Path
from typing import Any


def frame(headers: dict[str, str], payload: bytes) -> bytes:
    block = b"".join(
        bytes([len(name)]) + name.encode() + b"\x07" + struct.pack(">H", len(value)) + value.encode()
        for name, value in headers.items()
    )
    prelude = struct.pack(">II", 16 + len(block) + len(payload), len(block))
    body = prelude + struct.pack(">I", zlib.crc32(prelude)) + block + payload
    return body + struct.pack(">I", zlib.crc32(body))


def event(kind: str, payload: Any) -> bytes:
    return frame({":event-type": kind, ":message-type": "event"}, json.dumps(payload).encode())


def eventstream() -> dict[str, bytes]:
    tool = {"toolUse": {"toolUseId": "t", "name": "f"}}
    delta = {
        "text": {"text": "Hello \u00fc \\n"},
        "tool": {"toolUse": {"input": '{"a":1}'}},
        "reasoning": {"reasoningContent": {"text": "hm", "signature": "c2ln"}},
        "redacted": {"reasoningContent": {"redactedContent": "AAEC"}},
    }
    events = {
        "start": event("messageStart", {"role": "assistant"}),
        "tool-start": event("contentBlockStart", {"contentBlockIndex": 1, "start": tool}),
        **{
            name: event("contentBlockDelta", {"contentBlockIndex": 1, "delta": value}) for name, value in delta.items()
        },
        "block-stop": event("contentBlockStop", {"contentBlockIndex": 1}),
        "stop": event("messageStop", {"stopReason": "tool_use", "additionalModelResponseFields": {"a": 1}}),
        "metadata": event(
            "metadata",
            {
                "usage": {"inputTokens": 1, "outputTokens": 2, "cacheReadInputTokens": 3, "cacheWriteInputTokens": 4},
                "serviceTier": {"type": "flex"},
            },
        ),
        "exception": frame(
            {":exception-type": "throttlingException", ":message-type": "exception"}, b'{"message":"slow"}'
        ),
        "error": frame({":message-type": "error", ":error-code": "c", ":error-message": "m"}, b""),
    }
    whole = b"".join(list(events.values())[:-2])
    # Mode 1: lengths and checksums are made right again after each change.
    return {
        "raw": b"\x00" + whole,
        "whole": b"\x01" + whole,
        **{name: b"\x01" + data for name, data in events.items()},
    }


TOOL = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


def requests() -> dict[str, bytes]:
    function = {"name": "f.x", "description": "d", "parameters": TOOL, "strict": True}
    call = {"id": "c/1", "type": "function", "function": {"name": "f.x", "arguments": '{"city":"Oslo"}'}}
    image = {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PNG}", "detail": "low"}}
    file = {"type": "file", "file": {"filename": "a.txt", "file_data": "dGV4dA=="}}
    bodies: dict[str, Any] = {
        "c-text": {"model": "m", "messages": [{"role": "user", "content": "a"}], "stream": True, "max_tokens": 5},
        "c-tools": {
            "model": "m",
            "messages": [
                {"role": "developer", "content": "s"},
                {"role": "user", "content": [{"type": "text", "text": "a"}, image, file]},
                {"role": "assistant", "content": None, "tool_calls": [call], "reasoning_content": "hm"},
                {"role": "tool", "tool_call_id": "c/1", "content": "r"},
            ],
            "tools": [{"type": "function", "function": function}],
            "tool_choice": {"type": "function", "function": {"name": "f.x"}},
            "parallel_tool_calls": False,
            "stream_options": {"include_usage": True},
        },
        "c-options": {
            "model": "m",
            "messages": [{"role": "user", "content": [{"type": "text", "text": "a", "cache_control": {"type": "ephemeral", "ttl": "1h"}}]}],
            "temperature": 0.5, "top_p": 0.1, "stop": ["END", "X"], "reasoning_effort": "low", "service_tier": "flex",
            "response_format": {"type": "json_schema", "json_schema": {"name": "j", "schema": TOOL, "strict": True}},
            "user": "u", "metadata": {"a": "b"}, "seed": 1, "n": 1, "thinking": {"type": "enabled", "budget_tokens": 2000},
        },
        "m-text": {"model": "m", "max_tokens": 9, "messages": [{"role": "user", "content": "a"}], "system": "s"},
        "m-tools": {
            "model": "m", "max_tokens": 4000, "stop_sequences": ["END"], "metadata": {"user_id": "u"},
            "system": [{"type": "text", "text": "s", "cache_control": {"type": "ephemeral"}}],
            "thinking": {"type": "enabled", "budget_tokens": 1024},
            "tools": [{"name": "f", "description": "d", "input_schema": TOOL}], "tool_choice": {"type": "any"},
            "messages": [
                {"role": "user", "content": [{"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": PNG}}]},
                {"role": "assistant", "content": [
                    {"type": "thinking", "thinking": "hm", "signature": "c2ln"},
                    {"type": "redacted_thinking", "data": "AAEC"},
                    {"type": "tool_use", "id": "t", "name": "f", "input": {"city": "Oslo"}}]},
                {"role": "user", "content": [
                    {"type": "tool_result", "tool_use_id": "t", "is_error": True, "content": [{"type": "text", "text": "r"}]},
                    {"type": "document", "title": "d", "source": {"type": "text", "media_type": "text/plain", "data": "x"}}]},
            ],
        },
        "t-count": {"model": "m", "messages": [{"role": "user", "content": "a"}]},
        "r-text": {"model": "m", "input": "a", "instructions": "i", "max_output_tokens": 5, "stream": True},
        "r-items": {
            "model": "m", "include": ["reasoning.encrypted_content"], "reasoning": {"effort": "low", "summary": "auto"},
            "tools": [{"type": "function", "name": "f", "parameters": TOOL}], "tool_choice": "required",
            "text": {"format": {"type": "json_schema", "name": "j", "schema": TOOL, "strict": True}},
            "input": [
                {"role": "user", "content": [{"type": "input_text", "text": "a"}, {"type": "input_image", "image_url": f"data:image/png;base64,{PNG}"}]},
                {"type": "reasoning", "id": "rs", "summary": [{"type": "summary_text", "text": "hm"}], "encrypted_content": "brook-1.x"},
                {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "b", "annotations": []}]},
                {"type": "function_call", "call_id": "c", "name": "f", "arguments": "{}"},
                {"type": "function_call_output", "call_id": "c", "output": "r"},
            ],
        },
        "e-text": {"model": "m", "input": ["a", "b"], "encoding_format": "base64", "dimensions": 256, "user": "u"},
        "e-tokens": {"model": "m", "input": [[1, 2], [3]]},
        "i-image": {"model": "m", "prompt": "a", "n": 1, "size": "1024x1024", "quality": "hd", "response_format": "b64_json"},
    }  # fmt: skip
    made = {name: name[0].encode() + json.dumps(body).encode() for name, body in bodies.items()}
    numbers = '{"a":[0,-0,1.50,1e5,-1E-7,18446744073709551616],"b":"\\ud83e\\udd86\\u0000\\ud800","b":null}'
    return {**made, "j-json": b"j" + numbers.encode()}


def sse() -> dict[str, bytes]:
    def chunk(delta: Any, finish: str | None = None) -> bytes:
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        return b"data: " + json.dumps({"choices": [choice]}).encode() + b"\n\n"

    call = {"index": 0, "id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}
    usage = {"prompt_tokens": 1, "completion_tokens": 2, "prompt_tokens_details": {"cached_tokens": 1}}
    return {
        "text": chunk({"role": "assistant", "content": "a"}) + chunk({}, "stop") + b"data: [DONE]\n\n",
        "tool": chunk({"tool_calls": [call]}) + chunk({}, "tool_calls"),
        "usage": b"data: " + json.dumps({"choices": [], "usage": usage}).encode() + b"\n\n",
        "reasoning": chunk({"reasoning_content": "hm", "content": [{"text": "x"}]}),
        "lines": b"\xef\xbb\xbf: c\r\nevent: e\rdata:a\ndata\ndata: b\r\n\r\nid: 1\nretry: 2\n\ndata: cut",
        "long": b"data: " + b"x" * 2050 + b"\n\n",
    }


DICTIONARIES = {
    "eventstream": [
        ":event-type", ":message-type", ":exception-type", "event", "exception", "error", "contentBlockDelta",
        "contentBlockStart", "contentBlockStop", "messageStop", "metadata", "stopReason", "toolUse", "contentBlockIndex",
        '"delta"', '"text":"', "reasoningContent", "redactedContent", "malformed_tool_use", "throttlingException",
    ],
    "sse": ["data:", "event:", "\r\n", "\n\n", "[DONE]", '"choices":[', '"tool_calls":[', '"arguments":"', '"usage":{'],
    "requests": [],
}  # fmt: skip


def strings(value: Any) -> set[str]:
    """Names and short texts of a document: the words that its parser knows."""
    if isinstance(value, dict):
        return set(value).union(*(strings(each) for each in value.values()))
    if isinstance(value, list):
        return set().union(*(strings(each) for each in value))
    return {value} if isinstance(value, str) and len(value) < 24 else set()


def main() -> None:
    name, folder = sys.argv[1], Path(sys.argv[2])
    seeds = {"eventstream": eventstream, "requests": requests, "sse": sse}[name]()
    folder.mkdir(parents=True, exist_ok=True)
    for seed, data in seeds.items():
        (folder / f"seed-{seed}").write_bytes(data)
    words = set(DICTIONARIES[name])
    if name == "requests":
        for seed, data in seeds.items():
            words |= {f'"{word}"' for word in (strings(json.loads(data[1:])) if seed != "j-json" else set())}
    escaped = [json.dumps(word).replace("\\r", "\\x0d").replace("\\n", "\\x0a") for word in sorted(words) if word.isascii()]
    folder.with_suffix(".dict").write_text("".join(f"{word}\n" for word in escaped))


main()
