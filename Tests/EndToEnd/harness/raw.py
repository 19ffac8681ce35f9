"""An HTTP client on a bare socket: it shows what came and when, and can leave or stop reading at any moment."""

from __future__ import annotations

import contextlib
import json
import socket
import struct
import time
from dataclasses import dataclass
from typing import Any

CRLF = b"\r\n"


@dataclass
class Head:
    status: int
    headers: dict[str, str]


@dataclass
class Event:
    """One server-sent event."""

    data: str
    arrived: float

    @property
    def json(self) -> Any:
        return json.loads(self.data)

    @property
    def is_done(self) -> bool:
        return self.data == "[DONE]"

    @property
    def text(self) -> str:
        """The content of a chunk's first choice."""
        choices = [] if self.is_done else self.json.get("choices", [])
        return (choices[0]["delta"].get("content") or "") if choices else ""


class Broken(Exception):
    """The connection ended before the answer did."""


class RawConnection:
    """One TCP connection; requests on it go one after another."""

    def __init__(self, port: int, *, timeout: float = 10.0, receive_buffer: int | None = None) -> None:
        self.socket = socket.socket()
        if receive_buffer is not None:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(timeout)
        self.socket.connect(("127.0.0.1", port))
        self._buffer = bytearray()
        self._chunked = False
        self._left: int | None = None
        self._sse = bytearray()
        self._ended = False
        self.comments = 0

    def __enter__(self) -> RawConnection:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def send(self, method: str, target: str, headers: dict[str, str], body: bytes = b"") -> None:
        """Sends a whole request; a peer that answers early and closes is not an error yet."""
        fields = {"Host": "127.0.0.1", **headers}
        if body or method == "POST":
            fields.setdefault("Content-Length", str(len(body)))
        head = f"{method} {target} HTTP/1.1\r\n" + "".join(f"{n}: {v}\r\n" for n, v in fields.items()) + "\r\n"
        self._ended, self._chunked, self._left = False, False, None
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self.socket.sendall(head.encode() + body)

    def head(self) -> Head:
        while (end := self._buffer.find(CRLF + CRLF)) < 0:
            self._receive()
        lines = bytes(self._buffer[:end]).decode("latin-1").split("\r\n")
        del self._buffer[: end + 4]
        pairs = (line.partition(":") for line in lines[1:])
        headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
        self._chunked = headers.get("transfer-encoding", "").lower() == "chunked"
        self._left = int(headers["content-length"]) if "content-length" in headers else None
        return Head(int(lines[0].split(" ")[1]), headers)

    def body(self) -> bytes:
        return b"".join(iter(self._piece, b""))

    def event(self) -> Event | None:
        """The next event; None at the proper end of the answer. Comments are counted and left out."""
        while True:
            while (end := self._sse.find(b"\n\n")) < 0:
                piece = self._piece()
                if not piece:
                    if self._sse:
                        raise Broken(f"The answer ends within an event: {bytes(self._sse[-80:])!r}")
                    return None
                self._sse += piece
            block = bytes(self._sse[:end]).decode()
            del self._sse[: end + 2]
            lines = block.split("\n")
            data = [line[5:].removeprefix(" ") for line in lines if line.startswith("data:")]
            if data:
                return Event("\n".join(data), time.monotonic())
            self.comments += 1

    def events(self) -> list[Event]:
        return list(iter(self.event, None))

    def close(self) -> None:
        self.socket.close()

    def reset(self) -> None:
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def _piece(self) -> bytes:
        """The next bytes of the body; empty at its end."""
        if self._ended:
            return b""
        if self._chunked:
            return self._http_chunk()
        if self._left is None:
            self._ended = True
            return b""
        if self._left == 0:
            self._ended = True
            return b""
        if not self._buffer:
            self._receive()
        taken = bytes(self._buffer[: self._left])
        del self._buffer[: len(taken)]
        self._left -= len(taken)
        return taken

    def _http_chunk(self) -> bytes:
        while (end := self._buffer.find(CRLF)) < 0:
            self._receive()
        size = int(self._buffer[:end], 16)
        while len(self._buffer) < end + 2 + size + 2:
            self._receive()
        taken = bytes(self._buffer[end + 2 : end + 2 + size])
        del self._buffer[: end + 2 + size + 2]
        self._ended = size == 0
        return taken

    def _receive(self) -> None:
        try:
            data = self.socket.recv(256 * 1024)
        except ConnectionResetError as error:
            raise Broken("The connection was reset") from error
        if not data:
            raise Broken("The connection was closed in the middle of an answer")
        self._buffer += data
