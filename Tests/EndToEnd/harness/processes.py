"""What /proc tells about the processes of an instance."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Process:
    pid: int
    #: The arguments, as `ps` shows them.
    command: str
    parent: int

    @property
    def name(self) -> str:
        return os.path.basename(self.command.split(" ")[0].rstrip(":"))

    @property
    def alive(self) -> bool:
        return state(self.pid) not in (None, "Z")

    @property
    def thread_names(self) -> list[str]:
        """One for each thread, as they are in /proc: at most 15 characters."""
        return [file.read_text().strip() for file in Path(f"/proc/{self.pid}/task").glob("*/comm")]

    @property
    def resident_bytes(self) -> int:
        return _status(self.pid, "VmRSS") * 1024

    @property
    def peak_resident_bytes(self) -> int:
        return _status(self.pid, "VmHWM") * 1024

    @property
    def cpu_seconds(self) -> float:
        fields = _stat(self.pid)
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    @property
    def start(self) -> int:
        """When it began, in clock ticks since the machine did."""
        return int(_stat(self.pid)[19])

    def descriptors(self) -> dict[int, str]:
        """Open descriptors and what they lead to."""
        found = {}
        with contextlib.suppress(FileNotFoundError, PermissionError):
            for entry in os.scandir(f"/proc/{self.pid}/fd"):
                with contextlib.suppress(FileNotFoundError):
                    found[int(entry.name)] = os.readlink(entry.path)
        return found

    def sockets(self) -> set[str]:
        return {target for target in self.descriptors().values() if target.startswith("socket:")}

    def send(self, number: signal.Signals) -> None:
        os.kill(self.pid, number)


def children(parent: int) -> list[Process]:
    return [process for process in everything() if process.parent == parent]


def everything() -> list[Process]:
    found = []
    for entry in os.listdir("/proc"):
        if entry.isdigit() and (process := look(int(entry))) is not None:
            found.append(process)
    return found


def look(pid: int) -> Process | None:
    """The process, unless it is gone or a zombie."""
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
        fields = _stat(pid)
    except (FileNotFoundError, ProcessLookupError):
        return None
    if not command:
        return None
    return Process(pid, command.decode(errors="replace").rstrip("\0").replace("\0", " ").strip(), int(fields[1]))


def belonging_to(folder: Path) -> list[Process]:
    """Processes that have a file beneath the folder open, or name it in arguments or environment; not ourselves."""
    needle = str(folder).encode()
    return [p for p in everything() if p.pid != os.getpid() and _mentions(p.pid, needle)]


def end(pids: list[int], limit: float = 5.0) -> None:
    """Kills what is left of these, and waits until it is gone."""
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    deadline = time.monotonic() + limit
    while any(state(pid) not in (None, "Z") for pid in pids) and time.monotonic() < deadline:
        time.sleep(0.02)


def state(pid: int) -> str | None:
    """One letter, such as `S` or `Z`; None when there is no such process."""
    try:
        return _stat(pid)[0]
    except (FileNotFoundError, ProcessLookupError):
        return None


def _mentions(pid: int, needle: bytes) -> bool:
    for name in ("cmdline", "environ"):
        with contextlib.suppress(OSError):
            if needle in Path(f"/proc/{pid}/{name}").read_bytes():
                return True
    with contextlib.suppress(OSError):
        for entry in os.scandir(f"/proc/{pid}/fd"):
            with contextlib.suppress(OSError):
                if os.readlink(entry.path).encode().startswith(needle):
                    return True
    return False


def _stat(pid: int) -> list[str]:
    """Fields of /proc/PID/stat from the state on; the name before may hold spaces and parentheses."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def _status(pid: int, name: str) -> int:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(name + ":"):
            return int(line.split()[1])
    return 0
