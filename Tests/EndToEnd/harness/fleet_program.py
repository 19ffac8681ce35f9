"""The fleet's process: thousands of HTTP clients on one event loop."""

from __future__ import annotations

import asyncio
import json
import re
import sys
import time
from typing import Any

import uvloop

KEPT = 4096
DONE = b"data: [DONE]\n\n"
#: What a proper end of a chunked body looks like.
LAST_CHUNK = b"0\r\n\r\n"


class Counter:
    """Counts a pattern in a stream of bytes, also where a read splits it."""

    def __init__(self, needle: bytes) -> None:
        self._needle = needle
        self._tail = b""

    def add(self, data: bytes) -> int:
        joined = self._tail + data
        self._tail = joined[len(joined) - len(self._needle) + 1 :] if len(self._needle) > 1 else b""
        return joined.count(self._needle)


class Client(asyncio.Protocol):
    def __init__(self, fleet: Program, number: int) -> None:
        self._fleet = fleet
        self._number = number
        self._events = Counter(b"\n\n")
        self._needle = Counter(fleet.needle) if fleet.needle else None
        self._head = bytearray()
        self._body_started = False
        self._tail = b""
        self._body = bytearray()
        self.transport: asyncio.Transport | None = None
        self.result: dict[str, Any] = {
            "number": number,
            "status": None,
            "request_id": None,
            "events": 0,
            "done": False,
            "ended": "open",
            "body": "",
            "times": [],
        }

    def connection_made(self, transport: asyncio.Transport) -> None:
        self.transport = transport
        self._fleet.status["connected"] += 1
        body = self._fleet.body.replace("{n}", str(self._number)).encode()
        head = (
            "POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
            f"Authorization: Bearer {self._fleet.key}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        transport.write(head.encode() + body)
        if not self._fleet.reads:
            # Later: uvloop begins to read after this call, whatever is said within it.
            asyncio.get_running_loop().call_soon(transport.pause_reading)

    def data_received(self, data: bytes) -> None:
        if not self._body_started:
            self._head += data
            end = self._head.find(b"\r\n\r\n")
            if end < 0:
                return
            self._read_head(bytes(self._head[:end]).decode("latin-1"))
            data = bytes(self._head[end + 4 :])
            self._body_started = True
        if self.result["status"] == 200:
            self._count(data)
        else:
            self._body += data
        self._tail = (self._tail + data)[-64:]

    def connection_lost(self, error: Exception | None) -> None:
        result = self.result
        if result["ended"] != "open" or self._fleet.leaving:
            return
        proper = self._tail.endswith(LAST_CHUNK) if self._chunked else result["status"] is not None
        result["ended"] = "end" if proper and error is None else "cut"
        result["body"] = bytes(self._body[:KEPT]).decode(errors="replace")
        self._fleet.ended()

    def _read_head(self, head: str) -> None:
        self.result["status"] = int(head[9:12])
        found = re.search(r"(?im)^x-request-id: *(\S+)", head)
        self.result["request_id"] = found.group(1) if found else None
        self._chunked = re.search(r"(?im)^transfer-encoding: *chunked", head) is not None
        self._fleet.status["answered"] += 1

    def _count(self, data: bytes) -> None:
        events = self._events.add(data)
        if events and not self.result["events"]:
            self._fleet.status["started"] += 1
        self.result["events"] += events
        self._fleet.status["events"] += events
        if self._needle is not None:
            self.result["times"] += [time.monotonic()] * self._needle.add(data)
        if DONE in self._tail + data:
            self.result["done"] = True

    _chunked = False


class Program:
    def __init__(self, spec: dict[str, Any]) -> None:
        self.key: str = spec["key"]
        self.body: str = spec["body"]
        self.needle = spec["needle"].encode() if spec["needle"] else None
        self.reads: bool = spec["reads"]
        self.leaving = False
        self.status = {"connected": 0, "answered": 0, "started": 0, "events": 0, "ended": 0}
        self._spec = spec
        self._clients: list[Client] = []
        self._over = asyncio.Event()

    async def run(self) -> None:
        loop = asyncio.get_running_loop()
        commands = asyncio.create_task(self._command(loop))
        reports = asyncio.create_task(self._report())
        begin = time.monotonic()
        for number in range(self._spec["count"]):
            ahead = begin + number / self._spec["per_second"] - time.monotonic()
            if ahead > 0:
                await asyncio.sleep(ahead)
            client = Client(self, number)
            self._clients.append(client)
            try:
                await loop.create_connection(lambda client=client: client, "127.0.0.1", self._spec["port"])
            except OSError:
                client.result["ended"] = "refused"
                self.ended()
        await self._over.wait()
        self.leaving = True
        for client in self._clients:
            if client.transport is not None:
                client.transport.abort()
        reports.cancel()
        commands.cancel()
        print(json.dumps(self.status), flush=True)
        print(json.dumps([client.result for client in self._clients]), flush=True)

    def ended(self) -> None:
        self.status["ended"] += 1
        if self.status["ended"] == self._spec["count"]:
            self._over.set()

    async def _command(self, loop: asyncio.AbstractEventLoop) -> None:
        reader = asyncio.StreamReader()
        await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
        await reader.readline()
        self._over.set()

    async def _report(self) -> None:
        while True:
            print(json.dumps(self.status), flush=True)
            await asyncio.sleep(0.05)


if __name__ == "__main__":
    uvloop.run(Program(json.loads(sys.stdin.readline())).run())
