"""The words of a script, and the run of one.

A script is JSON: `{"steps": [...], …}`. Steps, in the order in which a call meets them:

| step | what happens |
|---|---|
| `["head"]` | status and header fields go out now; otherwise with the first event |
| `["pause", s]` | nothing for that long |
| `["wait", name]` | nothing until a test sends the signal; it stays sent |
| `["text", t]`, `["reasoning", t]` | a delta |
| `["signature", t]`, `["redacted", base64]` | a delta of Bedrock's or Anthropic's reasoning |
| `["tool", id, name, [piece, …]]` | a tool call whose arguments come in these pieces |
| `["finish", reason]` | Bedrock's stop reason; the other dialects translate it |
| `["usage", {inputTokens, …}]`, `["usage", {…}, tier]` | Bedrock's usage object, which the other dialects translate, and the tier that served |
| `["event", type, payload]` | this very event (Bedrock, Anthropic), or this chunk (OpenAI) |
| `["exception", type, message]` | an exception frame; in the other dialects an error event |
| `["error", code, message]` | an error frame; in the other dialects an error event |
| `["raw", base64]` | these bytes in the body |
| `["cut", "fin" or "rst"]` | the connection ends here |
| `["hang"]` | nothing for ever |
| `["repeat", n, [step, …]]` | the steps n times; `{i}` in a text is the count |

Beside `steps`: `write` = `{"size": n}` (n bytes a write) or `{"seed": s}` (random pieces); `corrupt` = `[k, part]`, the
frame and the checksum to spoil; `done: false` leaves out OpenAI's `[DONE]`; or, instead of steps, `refuse` = `{status,
headers, body}`, sent as it is after `delay` seconds. `sequence` = a script for each call of the model, the last for all
that follow; `regions` = scripts by the region that a Bedrock call is signed for; `asked` = `[[text, script], …]`, of which
the first counts whose text is in the call's body, before `steps`.
"""

from __future__ import annotations

import asyncio
import base64
import random
from collections import defaultdict
from collections.abc import Iterator
from typing import Any, Protocol

from .eventstream import corrupted
from .http import Response
from .journal import Call, now

Step = list[Any]


class Encoder(Protocol):
    """One call's answer in a provider's dialect."""

    content_type: str
    headers: dict[str, str]

    def encode(self, step: Step) -> list[bytes]:
        """The pieces of the body that a step makes; for an answer in one piece, nothing yet."""

    def finish(self) -> list[bytes]:
        """What remains when the script has ended."""


class Signals:
    """Names that tests send and scripts wait for, each of one model."""

    def __init__(self) -> None:
        self._events: dict[tuple[str, str], asyncio.Event] = defaultdict(asyncio.Event)

    def send(self, model: str, name: str) -> None:
        self._events[model, name].set()

    async def wait(self, model: str, name: str) -> None:
        await self._events[model, name].wait()


def expanded(steps: list[Step]) -> Iterator[Step]:
    for step in steps:
        if step[0] != "repeat":
            yield step
            continue
        for index in range(step[1]):
            for inner in expanded(step[2]):
                yield [w.replace("{i}", str(index)) if isinstance(w, str) else w for w in inner]


class Run:
    """One call on its way through a script."""

    def __init__(self, script: dict[str, Any], call: Call, response: Response, encoder: Encoder, signals: Signals):
        self._script = script
        self._call = call
        self._response = response
        self._encoder = encoder
        self._signals = signals
        self._frames = 0

    async def play(self) -> None:
        for step in expanded(self._script["steps"]):
            if not await self._control(step):
                for piece in self._encoder.encode(step):
                    await self._emit(piece)
            if self._call.ended:
                return
        for piece in self._encoder.finish():
            await self._emit(piece)
        await self._begin()
        await self._response.end()
        self._call.end("complete")

    async def _control(self, step: Step) -> bool:
        """Does the steps that are no event; False for those that are."""
        match step:
            case ["head"]:
                await self._begin()
            case ["pause", seconds]:
                await asyncio.sleep(seconds)
            case ["wait", name]:
                self._call.waiting = name
                await self._signals.wait(self._call.model, name)
                self._call.waiting = None
            case ["hang"]:
                self._call.waiting = "for ever"
                await asyncio.Event().wait()
            case ["raw", encoded]:
                await self._emit(base64.b64decode(encoded))
            case ["cut", how]:
                self._call.end("cut")
                self._response.cut(how)
            case _:
                return False
        return True

    async def _begin(self) -> None:
        if not self._response.started:
            headers = {"Content-Type": self._encoder.content_type, **self._encoder.headers}
            await self._response.begin(200, headers)
            self._call.head_sent = now()

    async def _emit(self, piece: bytes) -> None:
        await self._begin()
        spoiled, part = self._script.get("corrupt", (None, ""))
        if self._frames == spoiled:
            piece = corrupted(piece, part)
        self._frames += 1
        write = self._script.get("write")
        if write is None:
            await self._response.write(piece)
        else:
            for fragment in _fragments(piece, write):
                await self._response.write(fragment)
                await asyncio.sleep(0)  # So that each goes out as a segment of its own.
        self._call.sent.append(now())


def _fragments(piece: bytes, write: dict[str, int]) -> Iterator[bytes]:
    source = random.Random(write["seed"]) if "seed" in write else None
    offset = 0
    while offset < len(piece):
        size = source.randint(1, 40) if source else write["size"]
        yield piece[offset : offset + size]
        offset += size
