"""What reached the provider, and how each call and connection ended."""

from __future__ import annotations

import base64
import time
from dataclasses import dataclass, field
from typing import Any

LARGEST_KEPT_BODY = 256 * 1024


def now() -> float:
    """CLOCK_MONOTONIC, which all processes of the host share: a test may compare its own readings with these."""
    return time.monotonic()


@dataclass(slots=True)
class Connection:
    """One accepted TCP connection."""

    id: int
    port: str
    #: The caller's TCP port.
    peer_port: int
    opened: float
    closed: float | None = None
    requests: int = 0


@dataclass(slots=True)
class Call:
    """One request that a model was asked with."""

    id: int
    dialect: str
    model: str
    stream: bool
    method: str
    target: str
    headers: list[tuple[str, str]]
    body: bytes
    size: int
    connection: Connection
    arrived: float
    faults: list[str] = field(default_factory=list)
    head_sent: float | None = None
    #: When each event was handed to the socket.
    sent: list[float] = field(default_factory=list)
    #: The signal that the script waits for now.
    waiting: str | None = None
    #: `complete`, `cut`, `refused`, or `left` when the caller closed the connection first.
    ended: str | None = None
    ended_at: float | None = None

    def end(self, how: str) -> None:
        if self.ended is None:
            self.ended, self.ended_at = how, now()

    def to_json(self, with_body: bool) -> dict[str, Any]:
        return {
            "id": self.id,
            "dialect": self.dialect,
            "model": self.model,
            "stream": self.stream,
            "method": self.method,
            "target": self.target,
            "headers": self.headers if with_body else [],
            "body": base64.b64encode(self.body).decode() if with_body else "",
            "size": self.size,
            "connection": self.connection.id,
            "peer_port": self.connection.peer_port,
            "connection_closed": self.connection.closed,
            "arrived": self.arrived,
            "faults": self.faults,
            "head_sent": self.head_sent,
            "sent": self.sent if with_body else [],
            "sent_count": len(self.sent),
            "waiting": self.waiting,
            "ended": self.ended,
            "ended_at": self.ended_at,
        }


class Journal:
    """All calls and connections since the start."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.connections: list[Connection] = []

    def opened(self, port: str, peer_port: int) -> Connection:
        connection = Connection(len(self.connections), port, peer_port, now())
        self.connections.append(connection)
        return connection

    def arrived(self, **members: Any) -> Call:
        body: bytes = members.pop("body")
        kept = body if len(body) <= LARGEST_KEPT_BODY else b""
        call = Call(id=len(self.calls), body=kept, size=len(body), arrived=now(), **members)
        self.calls.append(call)
        return call

    def of(self, model: str | None) -> list[Call]:
        return [call for call in self.calls if model is None or call.model == model]
