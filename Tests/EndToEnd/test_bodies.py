"""Large request bodies."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import statistics
import struct
import time
import zlib

import pytest

from acceptance import Line, covers
from harness.fleet import Fleet
from harness.raw import Broken

MEGABYTE = 1024 * 1024
TICKS = 150
PACE = 0.02


def png(size: int) -> str:
    """A picture of about that many bytes, in base64: its pixels are noise, which does not compress."""
    width = 900
    height = size // (width * 3 + 1)
    rows = b"".join(b"\0" + os.urandom(width * 3) for _ in range(height))

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack("!I", len(data)) + kind + data + struct.pack("!I", zlib.crc32(kind + data))

    header = struct.pack("!IIBBBBB", width, height, 8, 2, 0, 0, 0)
    image = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows, 0)) + chunk(b"IEND", b"")
    return base64.b64encode(image).decode()


@pytest.fixture(scope="module")
def large() -> list[dict]:
    """The content of a message with pictures, 20 MB of JSON; each picture within what Bedrock takes."""
    picture = {"type": "image_url", "image_url": {"url": "data:image/png;base64," + png(3_600_000)}}
    content = [{"type": "text", "text": "What is this?"}, *[picture] * 4]
    missing = 20 * MEGABYTE - len(json.dumps(content))
    return [*content, {"type": "text", "text": "word " * (missing // 5)}]


@covers(Line.LARGE_BODY)
@pytest.mark.parametrize("kind", ["bedrock", "openai"])
def test_a_20_mb_body_with_pictures_arrives_whole_and_delays_no_stream(
    provider, quiet_provider, make_instance, make_caller, kind, large
):
    instance = make_instance(workers=1)
    ticking = quiet_provider.script(
        ["repeat", TICKS, [["text", "tick "], ["pause", PACE]]],
        ["finish", "end_turn"],
        ["usage", {"inputTokens": 1, "outputTokens": 1}],
    )
    streams = make_caller(ticking, instance=instance)
    answer = provider.script(
        ["text", "noise"], ["finish", "end_turn"], ["usage", {"inputTokens": 9, "outputTokens": 1}]
    )
    asker = make_caller(answer, kind, instance=instance, model={"multiple": True}, key={"month_quota": 100_000})
    with Fleet(streams, 5, needle="tick ") as fleet:
        fleet.wait_until("started", 5)
        begin = time.monotonic()
        with instance.connect(timeout=30) as connection:
            asker.send(connection, messages=[{"role": "user", "content": large}], max_tokens=10)
            head = connection.head()
            body = connection.body()
        end = time.monotonic()
        outcomes = fleet.finish()
    assert head.status == 200, body[:500]
    assert json.loads(body)["choices"][0]["message"]["content"] == "noise"
    assert answer.call.size > 19 * MEGABYTE

    sent = {call.json["messages"][0]["content"][0]["text"]: call.sent[1 : 1 + TICKS] for call in ticking.calls()}
    pairs = [p for o in outcomes for p in zip(o.times, sent[f"stream {o.number}"], strict=True)]
    quiet = [arrived - handed for arrived, handed in pairs if not begin <= handed <= end]
    during = [arrived - handed for arrived, handed in pairs if begin <= handed <= end]
    assert len(during) > 10, "the streams ran while the body was sent"
    # nginx, the provider and this test work on the same 20 MB beside it: one late chunk in fifty is theirs.
    late = sorted(during)[-1 - len(during) // 50]
    assert late - statistics.median(quiet) <= 0.02, sorted(during)[-10:]


@covers(Line.LARGE_BODY)
@pytest.mark.parametrize("declared", [True, False], ids=["with a length", "in chunks"])
def test_33_mb_are_refused_with_413_as_json(provider, make_caller, declared):
    caller = make_caller(provider.script(["text", "x"], ["finish", "end_turn"]))
    content = json.dumps(caller.body(messages=[{"role": "user", "content": "x" * (33 * MEGABYTE)}])).encode()
    with caller.instance.connect(timeout=20) as connection:
        if declared:
            connection.send("POST", "/v1/chat/completions", caller.headers, content)
        else:
            framed = b"%x\r\n%b\r\n0\r\n\r\n" % (len(content), content)
            headers = {**caller.headers, "Transfer-Encoding": "chunked"}
            head = "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\n"
            head += "".join(f"{n}: {v}\r\n" for n, v in headers.items()) + "\r\n"
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                connection.socket.sendall(head.encode() + framed)
        try:
            answer = connection.head()
            body = connection.body()
        except Broken:
            pytest.fail("The connection was closed before the answer could be read")
    assert answer.status == 413
    assert answer.headers["content-type"].startswith("application/json")
    error = json.loads(body)["error"]
    assert error["type"] == "invalid_request_error" and error["message"] and error["code"]
    assert caller.script.calls(brief=True) == []


def test_a_body_between_64_kib_and_32_mb_arrives_byte_for_byte(provider, make_caller):
    caller = make_caller(
        provider.script(["text", "x"], ["finish", "end_turn"], ["usage", {"inputTokens": 1, "outputTokens": 1}]),
        key={"month_quota": 100_000},
    )
    for size in (65_000, 66_000, 200_000):
        text = ("Zeile ☃ " * (size // 10))[:size]
        caller.ask(messages=[{"role": "user", "content": text}], max_tokens=5)
        sent = caller.script.calls()[-1]
        assert sent.size > size
        if sent.json is not None:
            assert sent.json["messages"][0]["content"][0]["text"] == text
