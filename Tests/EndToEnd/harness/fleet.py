"""Many clients at once, in a process of their own so that neither the test nor the provider slows their clocks."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .caller import Caller
from .waiting import until

ROOT = Path(__file__).parent.parent


@dataclass
class Outcome:
    """What became of one client's call."""

    number: int
    status: int | None
    request_id: str | None
    #: Server-sent events that arrived.
    events: int
    #: Whether `[DONE]` arrived.
    done: bool
    #: `end`, `cut`, `refused` (no connection) or `open` (still running when the fleet was stopped).
    ended: str
    #: The body of an answer other than 200.
    body: str
    #: When each occurrence of the needle arrived, on the clock of the provider's journal.
    times: list[float] = field(default_factory=list)


class Fleet:
    """`count` copies of one call. `{n}` in the prompt becomes each client's number."""

    def __init__(
        self,
        caller: Caller,
        count: int,
        *,
        prompt: str = "stream {n}",
        per_second: float = 2000,
        needle: str | None = None,
        reads: bool = True,
        **members: Any,
    ) -> None:
        body = caller.body(**{"stream": True, "messages": [{"role": "user", "content": prompt}], **members})
        spec = {
            "port": caller.instance.port,
            "key": caller.key,
            "body": json.dumps(body),
            "count": count,
            "per_second": per_second,
            "needle": needle,
            "reads": reads,
        }
        self._process = subprocess.Popen(
            [sys.executable, "-m", "harness.fleet_program"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._process.stdin.write(json.dumps(spec) + "\n")
        self._process.stdin.flush()
        self.status: dict[str, int] = {"connected": 0, "answered": 0, "started": 0, "events": 0, "ended": 0}
        self._outcomes: list[Outcome] | None = None
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> Fleet:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait(10)
        self._reader.join(10)
        self._process.stdin.close()
        self._process.stdout.close()

    def wait_until(self, what: str, count: int, limit: float = 30) -> None:
        """Until so many are `connected`, `answered` (a head came), `started` (an event came) or `ended`."""
        until(lambda: self.status[what] >= count, f"{count} clients of the fleet are {what}", limit)

    def finish(self, limit: float = 60) -> list[Outcome]:
        """Waits until every call has ended."""
        self._reader.join(limit)
        assert self._outcomes is not None, f"The fleet did not finish within {limit:g} s: {self.status}"
        return self._outcomes

    def leave(self, limit: float = 20) -> list[Outcome]:
        """Makes all clients close their connections now."""
        self._process.stdin.write("leave\n")
        self._process.stdin.flush()
        return self.finish(limit)

    def _read(self) -> None:
        for line in self._process.stdout:
            value = json.loads(line)
            if isinstance(value, list):
                self._outcomes = [Outcome(**item) for item in value]
            else:
                self.status = value
