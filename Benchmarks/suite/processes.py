"""What the kernel says about running processes, and ending those that this benchmark started."""

import os
import resource
import signal
import subprocess
import threading
import time

TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


def raise_descriptor_limit() -> int:
    """Raises the soft limit to the hard one, which everything started from here inherits, and returns it."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard


def _read(path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except OSError:
        return ""  # the process has ended, or is not ours to look at


def _stat_fields(pid: int) -> list[str]:
    # The name stands in parentheses and may hold spaces and parentheses itself.
    return _read(f"/proc/{pid}/stat").rpartition(")")[2].split()


def cpu_seconds(pids) -> float:
    """User and system time of the processes, all their threads included."""
    ticks = 0
    for pid in pids:
        fields = _stat_fields(pid)
        if len(fields) > 12:
            ticks += int(fields[11]) + int(fields[12])
    return ticks / TICKS_PER_SECOND


def parent(pid: int) -> int:
    fields = _stat_fields(pid)
    return int(fields[1]) if len(fields) > 1 else 0


def arguments(pid: int) -> list[str]:
    return _read(f"/proc/{pid}/cmdline").rstrip("\0").split("\0")


def environment_and_arguments(pid: int) -> str:
    return _read(f"/proc/{pid}/cmdline") + "\0" + _read(f"/proc/{pid}/environ")


def all_pids() -> list[int]:
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]


def resident_bytes(pid: int) -> int:
    return _status_bytes(pid, "VmRSS:")


def peak_resident_bytes(pid: int) -> int:
    """The largest since the process began, or since its peak was forgotten."""
    return _status_bytes(pid, "VmHWM:")


def forget_peak(pid: int) -> None:
    """Makes the peak begin anew with what is resident now (proc(5), clear_refs)."""
    with open(f"/proc/{pid}/clear_refs", "w", encoding="ascii") as file:
        file.write("5")


def _status_bytes(pid: int, name: str) -> int:
    for line in _read(f"/proc/{pid}/status").splitlines():
        if line.startswith(name):
            return int(line.split()[1]) * 1024
    return 0


def wait_until_gone(pids, seconds: float) -> list[int]:
    """The processes that are still there when the time is over."""
    end = time.monotonic() + seconds
    left = list(pids)
    while left and time.monotonic() < end:
        left = [pid for pid in left if (_stat_fields(pid) or ["X"])[0] not in "XZ"]
        time.sleep(0.02)
    return left


def stop(process: subprocess.Popen, seconds: float = 5) -> None:
    """SIGTERM, then SIGKILL for a process that does not end in time."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(seconds)


def kill_left_over(pids, seconds: float = 5) -> list[int]:
    """Kills, in the order given, those that do not end by themselves in time; returns them."""
    left = wait_until_gone(pids, seconds)
    for pid in left:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
    return left


class PeakMemory:
    """The largest resident size that a set of processes had together, sampled while the block runs."""

    def __init__(self, pids, interval: float = 0.1):
        self._pids = list(pids)
        self._interval = interval
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._sample, daemon=True)
        self.bytes = 0

    def _sample(self) -> None:
        while True:
            self.bytes = max(self.bytes, sum(resident_bytes(pid) for pid in self._pids))
            if self._over.wait(self._interval):
                return

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._over.set()
        self._thread.join()


class CPUTime:
    """Processor seconds that a set of processes used while the block ran."""

    def __init__(self, pids):
        self._pids = list(pids)
        self.seconds = 0.0

    def __enter__(self):
        self._before = cpu_seconds(self._pids)
        return self

    def __exit__(self, *_):
        self.seconds = cpu_seconds(self._pids) - self._before
