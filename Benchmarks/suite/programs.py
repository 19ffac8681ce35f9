"""The two C programs: building them, the scripted provider, one run of the load driver."""

import json
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from . import processes
from .failure import Failure

FOLDER = Path(__file__).resolve().parent.parent
BINARIES = FOLDER / "bin"


def build() -> None:
    result = subprocess.run(["make", "-s", "-C", str(FOLDER)], capture_output=True, text=True, timeout=120)
    if result.returncode != 0:
        raise Failure("the benchmark's C programs do not build (needs gcc and make):\n" + result.stderr)


class Provider:
    """The scripted provider on a port of the kernel's choice, for as long as the block runs."""

    def __enter__(self):
        self._process = subprocess.Popen([BINARIES / "provider"], stdout=subprocess.PIPE, text=True)
        line = self._process.stdout.readline().strip()
        if not line.isdigit():
            processes.stop(self._process)
            raise Failure("the scripted provider did not start")
        self.port = int(line)
        self.address = f"127.0.0.1:{self.port}"
        return self

    def __exit__(self, *_):
        processes.stop(self._process)

    @property
    def pid(self) -> int:
        return self._process.pid


@dataclass(frozen=True)
class Target:
    """Where a request goes, and what it says."""

    port: int
    body: Path | None
    path: str = "/v1/chat/completions"
    headers: tuple[str, ...] = ()
    framing: str = "sse"
    pids: tuple[int, ...] = field(default=(), compare=False)  # whose processor time counts

    def options(self) -> list[str]:
        options = ["--port", str(self.port), "--path", self.path]
        for header in self.headers:
            options += ["--header", header]
        if self.body is not None:
            options += ["--body", str(self.body)]
        return options


def _start(arguments: list[str]) -> subprocess.Popen:
    return subprocess.Popen(
        [str(BINARIES / "driver"), *arguments, "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def _finish(process: subprocess.Popen, limit: float) -> dict:
    try:
        output, error = process.communicate(timeout=limit)
    except BaseException:
        processes.stop(process)
        raise
    if process.returncode != 0:
        raise Failure("the load driver failed: " + error.strip())
    return json.loads(output.splitlines()[-1])


def requests(target: Target, connections: int, seconds: float, warm_up: float) -> dict:
    process = _start([
        "rps", *target.options(), "-c", str(connections), "-d", str(seconds), "--warmup", str(warm_up)])
    result = _finish(process, seconds + warm_up + 15)
    if result["requests"] == 0 or result["errors"] > 0:
        raise Failure(f"not every request was answered with 200: {result}")
    return result


def streams(target: Target, count: int, ramp: float, limit: float, chunks: int, measure_from: float = 0) -> dict:
    process = _start([
        "stream", *target.options(), "--framing", target.framing, "-c", str(count), "--ramp", str(ramp), "-d",
        str(limit), "--expect-chunks", str(chunks), "--measure-from", str(measure_from)])
    return _finish(process, limit + 15)


class Stallers:
    """Clients that read nothing, for as long as the block runs."""

    def __init__(self, target: Target, count: int, limit: float):
        self._arguments = ["stall", *target.options(), "-c", str(count), "--ramp", "0.5", "-d", str(limit)]

    def __enter__(self):
        self._process = _start(self._arguments)
        return self

    def __exit__(self, *_):
        processes.stop(self._process)
        self._process.communicate()
