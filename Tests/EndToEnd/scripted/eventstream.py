"""Encodes `application/vnd.amazon.eventstream` messages.

A message is total length, header length and their CRC-32 (the prelude), headers, payload, and the CRC-32 of all that:
https://smithy.io/2.0/aws/amazon-eventstream.html
"""

from __future__ import annotations

import json
import struct
import zlib
from typing import Any

STRING = 7


def message(headers: dict[str, str], payload: bytes) -> bytes:
    """One message whose headers are all strings, as Bedrock's are."""
    encoded = b"".join(_header(name, value) for name, value in headers.items())
    prelude = struct.pack("!II", 12 + len(encoded) + len(payload) + 4, len(encoded))
    body = prelude + struct.pack("!I", zlib.crc32(prelude)) + encoded + payload
    return body + struct.pack("!I", zlib.crc32(body))


def event(kind: str, payload: dict[str, Any]) -> bytes:
    """An `event` message, padded with a `p` member as Bedrock pads its events against guessing lengths."""
    body = {**payload, "p": "abcdefghijklmnopqrstuvwxyz"[: 1 + len(json.dumps(payload)) % 25]}
    headers = {":event-type": kind, ":content-type": "application/json", ":message-type": "event"}
    return message(headers, json.dumps(body, ensure_ascii=False).encode())


def exception(kind: str, text: str) -> bytes:
    """A modelled exception, such as `throttlingException`."""
    headers = {":exception-type": kind, ":content-type": "application/json", ":message-type": "exception"}
    return message(headers, json.dumps({"message": text}).encode())


def error(code: str, text: str) -> bytes:
    """An unmodelled error: code and message stand in the headers, the payload is empty."""
    return message({":error-code": code, ":error-message": text, ":message-type": "error"}, b"")


def corrupted(frame: bytes, part: str) -> bytes:
    """The frame with one wrong checksum: the `prelude`'s or the whole `message`'s."""
    offset = 8 if part == "prelude" else len(frame) - 4
    return frame[:offset] + bytes([frame[offset] ^ 0xFF]) + frame[offset + 1 :]


def _header(name: str, value: str) -> bytes:
    raw = value.encode()
    return bytes([len(name)]) + name.encode() + struct.pack("!BH", STRING, len(raw)) + raw
