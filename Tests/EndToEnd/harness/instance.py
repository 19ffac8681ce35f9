"""A real instance: install.sh --local, this repository's nginx files, spawn-fcgi, multiwatch and the binary."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
from pathlib import Path

from . import processes
from .admin import Admin
from .ledger import Ledger
from .processes import Process
from .raw import RawConnection
from .waiting import until

REPOSITORY = Path(__file__).resolve().parents[3]
#: The longest that `--stop` may take, whatever streams run.
STOP_LIMIT = 45


def binary() -> Path:
    """The release binary: BROOK_BIN, else what `swift build -c release` leaves."""
    return Path(os.environ.get("BROOK_BIN") or REPOSITORY / ".build/release/brook").resolve()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def install(*arguments: str, limit: float = 60, **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs install.sh from a folder that is not the repository's, as a user may.

    Settings and credentials of whoever runs the tests would reach the workers: they are left out.
    """
    inherited = {n: v for n, v in os.environ.items() if not n.startswith(("BROOK_", "AWS_"))}
    return subprocess.run(
        [str(REPOSITORY / "install.sh"), *arguments],
        cwd="/",
        env={**inherited, "BROOK_BIN": str(binary()), **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=limit,
    )


class Instance:
    def __init__(self, folder: Path, workers: int = 2, **environment: str) -> None:
        self.folder = folder
        self._home = folder
        self.workers_wanted = workers
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._environment = environment
        self._admin: Admin | None = None
        self.printed = ""
        #: Whether a test has written rows past Brook, which its sums know nothing of.
        self.has_foreign_rows = False

    def start(self) -> None:
        arguments = ("--local", "--no-build", "--dir", str(self.folder), "--port", str(self.port))
        started = install(*arguments, "--workers", str(self.workers_wanted), **self._environment)
        self.printed = started.stdout
        if started.returncode != 0:
            raise AssertionError(f"install.sh ended with {started.returncode}:\n{started.stdout}\n{self.logs()}")

    def stop(self) -> subprocess.CompletedProcess[str]:
        if self._admin is not None:
            self._admin.close()
            self._admin = None
        return install("--local", "--stop", "--dir", str(self.folder), limit=STOP_LIMIT + 15)

    def ledger_differences(self) -> str:
        """What `brook ledger verify` finds beside the running workers, or after them; empty when all adds up."""
        if self.has_foreign_rows or not (self.folder.exists() and self.has_database()):
            return ""
        inherited = {n: v for n, v in os.environ.items() if not n.startswith(("BROOK_", "AWS_"))}
        verified = subprocess.run(
            [str(binary()), "ledger", "verify"],
            env={**inherited, "BROOK_STATE_DIR": str(self.database.parent), "BROOK_DATABASE": str(self.database)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
        )
        return "" if verified.returncode == 0 else verified.stdout + verified.stderr

    def destroy(self) -> str:
        """Stops it and kills, by number, whatever is left of it. Answers in which its ledger does not add up."""
        differences = ""
        try:
            if self.folder.exists():
                self.stop()
                # Stopped: what was billed on the way out is in it too.
                differences = self.ledger_differences()
        except subprocess.TimeoutExpired:
            pass
        finally:
            processes.end([process.pid for process in self.processes()])
            shutil.rmtree(self._home, ignore_errors=True)
        return differences

    @property
    def admin_key(self) -> str:
        return (self.folder / "admin.key").read_text().strip()

    @property
    def admin(self) -> Admin:
        if self._admin is None:
            self._admin = Admin(self.url, self.admin_key)
        return self._admin

    def has_database(self) -> bool:
        try:
            return self.database.is_file()
        except AssertionError:
            return False

    @property
    def database(self) -> Path:
        for path in sorted(self.folder.rglob("*")):
            if path.is_file() and path.suffix not in (".log", ".key"):
                with path.open("rb") as file:
                    if file.read(16) == b"SQLite format 3\0":
                        return path
        raise AssertionError(f"No database beneath {self.folder}: {sorted(self.folder.rglob('*'))}")

    @property
    def ledger(self) -> Ledger:
        return Ledger(self.database)

    def connect(self, **options: object) -> RawConnection:
        return RawConnection(self.port, **options)

    def processes(self) -> list[Process]:
        return processes.belonging_to(self.folder)

    def workers(self) -> list[Process]:
        return [p for p in self.processes() if re.match(r"\S*/brook serve\b", p.command)]

    def multiwatch(self) -> Process:
        parents = {worker.parent for worker in self.workers()}
        found = [p for p in map(processes.look, parents) if p is not None and p.name == "multiwatch"]
        assert len(found) == 1, f"Not one multiwatch above the workers: {found}"
        return found[0]

    def worker(self) -> Process:
        """The worker of an instance that has one."""
        (only,) = self.workers()
        return only

    def wait_for_workers(self, count: int, limit: float = 15) -> list[Process]:
        return until(
            lambda: found if len(found := self.workers()) == count else [], f"{count} workers run", limit, pause=0.1
        )

    def logs(self, last: int = 12) -> str:
        """The end of every log, for a failed test's report."""
        parts = []
        for path in sorted(self.folder.rglob("*.log")) if self.folder.exists() else []:
            lines = path.read_text(errors="replace").splitlines()[-last:]
            parts += [f"--- {path.relative_to(self.folder)}", *(line[:500] for line in lines)]
        return "\n".join(parts)
