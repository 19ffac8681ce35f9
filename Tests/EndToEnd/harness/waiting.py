"""Waiting for what another process does: always with a limit, and with a word about what was waited for."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def until(probe: Callable[[], T], what: str, limit: float = 10.0, pause: float = 0.02) -> T:
    """The probe's first truthy value; fails with the last one after `limit` seconds."""
    end = time.monotonic() + limit
    while True:
        value = probe()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"Waited {limit:g} s in vain until {what}; the last look gave {value!r}")
        time.sleep(pause)
