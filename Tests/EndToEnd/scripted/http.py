"""An HTTP/1.1 server small enough to misbehave on purpose: it can dribble, cut and reset what it sends."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from .journal import Connection, Journal, now

REASONS = {100: "Continue", 200: "OK", 400: "Bad Request", 403: "Forbidden", 404: "Not Found", 429: "Too Many Requests"}


@dataclass(slots=True)
class Request:
    method: str
    #: As sent, percent-encoding and all: a signature covers it.
    target: str
    headers: list[tuple[str, str]]
    body: bytes
    connection: Connection

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key.lower() == name), None)


class Response:
    """One answer. `write` waits while the caller reads slower than it is written to."""

    def __init__(self, server: HTTPConnection) -> None:
        self._server = server
        self._chunked = False
        self.started = False

    async def send(self, status: int, headers: dict[str, str], body: bytes) -> None:
        await self.begin(status, {**headers, "Content-Length": str(len(body))})
        await self.write(body)
        await self.end()

    async def begin(self, status: int, headers: dict[str, str]) -> None:
        """Sends the head; without a Content-Length the body goes out in HTTP chunks."""
        self.started = True
        self._chunked = "Content-Length" not in headers
        if self._chunked:
            headers = {**headers, "Transfer-Encoding": "chunked"}
        lines = [f"HTTP/1.1 {status} {REASONS.get(status, 'Status')}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        await self._server.write(("\r\n".join(lines) + "\r\n\r\n").encode())

    async def write(self, data: bytes) -> None:
        if not data:
            return
        await self._server.write(b"%x\r\n%b\r\n" % (len(data), data) if self._chunked else data)

    async def end(self) -> None:
        if self._chunked:
            await self._server.write(b"0\r\n\r\n")

    def cut(self, how: str) -> None:
        """Ends the connection in the middle of the answer: with a `fin`, or an `rst` that may overtake data."""
        self._server.cut(how)


Handler = Callable[[Request, Response], Awaitable[None]]


class HTTPConnection(asyncio.Protocol):
    """Reads requests one after another and runs the handler for each."""

    def __init__(self, port: str, handler: Handler, journal: Journal) -> None:
        self._port = port
        self._handler = handler
        self._journal = journal
        self._buffer = bytearray()
        self._arrived = asyncio.Event()
        self._writable = asyncio.Event()
        self._writable.set()
        self._transport: asyncio.Transport | None = None
        self._task: asyncio.Task[None] | None = None
        self._record: Connection | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._record = self._journal.opened(self._port, transport.get_extra_info("peername")[1])
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._task = asyncio.get_running_loop().create_task(self._serve())

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        self._arrived.set()

    def pause_writing(self) -> None:
        self._writable.clear()

    def resume_writing(self) -> None:
        self._writable.set()

    def connection_lost(self, error: Exception | None) -> None:
        self._record.closed = self._record.closed or now()
        self._task.cancel()

    async def write(self, data: bytes) -> None:
        self._transport.write(data)
        if not self._writable.is_set():
            await self._writable.wait()

    def cut(self, how: str) -> None:
        if how == "rst":
            linger = struct.pack("ii", 1, 0)
            self._transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            self._transport.abort()
        else:
            self._transport.close()

    async def _serve(self) -> None:
        with contextlib.suppress(asyncio.CancelledError):
            while not self._transport.is_closing():
                request = await self._read()
                self._record.requests += 1
                await self._handler(request, Response(self))
                if (request.header("connection") or "").lower() == "close":
                    self._transport.close()

    async def _read(self) -> Request:
        while (end := self._buffer.find(b"\r\n\r\n")) < 0:
            await self._more()
        head = bytes(self._buffer[:end]).decode("latin-1").split("\r\n")
        del self._buffer[: end + 4]
        method, target, _ = head[0].split(" ", 2)
        pairs = (line.partition(":") for line in head[1:])
        request = Request(method, target, [(n, v.strip()) for n, _, v in pairs], b"", self._record)
        if (request.header("expect") or "").lower() == "100-continue":
            await self.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        request.body = await self._read_body(request)
        return request

    async def _read_body(self, request: Request) -> bytes:
        if (request.header("transfer-encoding") or "").lower() != "chunked":
            return await self._take(int(request.header("content-length") or 0))
        body = bytearray()
        while True:
            while (end := self._buffer.find(b"\r\n")) < 0:
                await self._more()
            size = int(bytes(self._buffer[:end]).split(b";")[0], 16)
            del self._buffer[: end + 2]
            body += (await self._take(size + 2))[:-2]
            if size == 0:
                return bytes(body)

    async def _take(self, count: int) -> bytes:
        while len(self._buffer) < count:
            await self._more()
        taken = bytes(self._buffer[:count])
        del self._buffer[:count]
        return taken

    async def _more(self) -> None:
        self._arrived.clear()
        await self._arrived.wait()
