"""Workers whose time of day is another than the host's, and can be set while they run."""

from __future__ import annotations

import struct
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

from .instance import binary

SOURCE = Path(__file__).with_name("shifted_clock.c")


class ShiftedClock:
    """What `Instance` needs to run Brook's processes, and nothing else, by another clock."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "clock"
        self._program = folder / "brook"
        self._offset = timedelta(0)
        self._file.write_bytes(struct.pack("=q", 0))
        library = folder / "shifted_clock.so"
        subprocess.run(
            ["gcc", "-O2", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-o", str(library), str(SOURCE)],
            check=True,
            timeout=60,
        )
        self._program.write_text(
            f'#!/bin/sh\nexport SHIFTED_CLOCK={self._file} LD_PRELOAD={library}\nexec {binary()} "$@"\n'
        )
        self._program.chmod(0o755)

    @property
    def environment(self) -> dict[str, str]:
        return {"BROOK_BIN": str(self._program)}

    @property
    def now(self) -> datetime:
        """What the workers take for the time."""
        return datetime.now(UTC) + self._offset

    def set(self, time: str) -> None:
        """Sets the clock to a moment, from which it goes on: `2028-02-29T23:59:57`, in UTC."""
        self._offset = datetime.fromisoformat(time).replace(tzinfo=UTC) - datetime.now(UTC)
        # In place, since the workers have mapped it.
        with self._file.open("r+b") as file:
            file.write(struct.pack("=q", self._offset // timedelta(microseconds=1) * 1000))
