"""Open streams and steady requests over TLS, in a process of its own on the host that is tested.

Reads one JSON line (what to call), prints `{"started", "ended", "answered"}` while it runs, ends the steady requests at the next
line of input, and prints what became of everything when the last stream has ended.
"""

from __future__ import annotations

import asyncio
import json
import ssl
import sys
from typing import Any

DONE = b"data: [DONE]\n\n"
STEADY_PAUSE = 0.02


class Load:
    def __init__(self, spec: dict[str, Any]) -> None:
        self._spec = spec
        self._context = ssl.create_default_context()
        self._context.check_hostname = False
        self._context.verify_mode = ssl.CERT_NONE
        self.status = {"started": 0, "ended": 0, "answered": 0}
        self.streams: list[str] = []
        self.steady: list[int | str] = []
        self._over = asyncio.Event()

    async def _call(self, body: dict[str, Any], on_first: Any = None) -> tuple[int, bytes]:
        reader, writer = await asyncio.open_connection(
            "127.0.0.1", self._spec["port"], ssl=self._context, server_hostname=self._spec["host"]
        )
        text = json.dumps(body).encode()
        writer.write(
            f"POST /v1/chat/completions HTTP/1.1\r\nHost: {self._spec['host']}\r\nConnection: close\r\n"
            f"Authorization: Bearer {self._spec['key']}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(text)}\r\n\r\n".encode()
            + text
        )
        received = b""
        while data := await reader.read(65_536):
            if on_first is not None and b"data: " in data:
                on_first()
                on_first = None
            received += data
        writer.close()
        return int(received[9:12] or b"0"), received

    async def stream(self) -> None:
        def begun() -> None:
            self.status["started"] += 1

        try:
            status, received = await self._call(self._spec["stream"], begun)
            # Done, and the chunked body properly ended.
            whole = DONE in received and received.endswith(b"0\r\n\r\n")
            self.streams.append("whole" if status == 200 and whole else f"{status}: {received[-200:]!r}")
        except OSError as error:
            self.streams.append(repr(error))
        self.status["ended"] += 1

    async def keep_asking(self) -> None:
        while not self._over.is_set():
            try:
                status, _ = await self._call(self._spec["ask"])
                self.steady.append(status)
            except OSError as error:
                self.steady.append(repr(error))
            self.status["answered"] += 1
            await asyncio.sleep(STEADY_PAUSE)

    async def run(self) -> None:
        loop = asyncio.get_running_loop()
        commands = asyncio.StreamReader()
        await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(commands), sys.stdin)
        reports = asyncio.create_task(self._report())
        streams = [asyncio.create_task(self.stream()) for _ in range(self._spec["count"])]
        asking = asyncio.create_task(self.keep_asking())
        enough = await commands.readline()
        self._over.set()
        if not enough:
            # Nobody wants to know any more.
            return
        await asyncio.gather(asking, *streams)
        reports.cancel()
        print(json.dumps({"streams": self.streams, "steady": self.steady}), flush=True)

    async def _report(self) -> None:
        while True:
            print(json.dumps(self.status), flush=True)
            await asyncio.sleep(0.1)


if __name__ == "__main__":
    asyncio.run(Load(json.loads(sys.stdin.readline())).run())
