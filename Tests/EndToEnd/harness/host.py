"""A host of its own for an installation: this machine's files beneath overlays, in new namespaces.

`/etc`, `/usr/local` and `/var` can be written without a trace; `/run` is empty; the network is a loopback of its own, on which
80 and 443 are free; and what is started there ends with the host.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from .waiting import until

#: Run as the first process of the host. `$1` is where the overlays' own files are.
BOOT = """
set -e
# Nothing from here on is seen outside.
mount --make-rprivate /
mount -t tmpfs -o size=1g tmpfs "$1"
for folder in etc usr/local var; do
    mkdir -p "$1/$folder/upper" "$1/$folder/work"
    mount -t overlay overlay -o "lowerdir=/$folder,upperdir=$1/$folder/upper,workdir=$1/$folder/work" "/$folder"
done
mount -t tmpfs tmpfs /run
mkdir -p /run/lock
ip link set lo up
echo ready
# The shell, as the first process, waits for whoever nobody else waits for, together with its own sleep. It ends with its
# input, so that it does not outlive tests that were killed.
exec 3<&0
(cat <&3 >/dev/null; : >"$1/over") &
until [ -e "$1/over" ]; do sleep 1; done
"""


def missing() -> str:
    """Why there can be no such host here; empty when there can."""
    if os.geteuid() != 0:
        return "a host of its own needs root, for its namespaces: run the tests with sudo"
    for program in ("unshare", "nsenter", "setpriv", "openssl", "ip"):
        if shutil.which(program) is None:
            return f"a host of its own needs {program}"
    try:
        with Host():
            return ""
    except (AssertionError, OSError, subprocess.SubprocessError) as error:
        return f"namespaces or overlays cannot be made here: {error}"


class Host:
    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="brook-host-"))
        self._process = subprocess.Popen(
            ["unshare", "--mount", "--net", "--pid", "--fork", "--mount-proc", "--kill-child"]
            + ["sh", "-c", BOOT, "boot", str(self.folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        line = self._process.stdout.readline()
        if line != "ready\n":
            error = self._process.communicate(timeout=5)[1]
            self.destroy()
            raise AssertionError(error.strip() or "no first process")
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children")
        self._first = int(children.read_text().split()[0])

    def __enter__(self) -> Host:
        return self

    def __exit__(self, *_: object) -> None:
        self.destroy()

    def destroy(self) -> None:
        """Ends everything that runs on it: its processes die with the first one."""
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        self._process.wait(10)
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.stderr.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def command(self, *arguments: object) -> list[str]:
        """How to run something there from here."""
        return ["nsenter", "-t", str(self._first), "-m", "-n", "-p", "--wd=/", "--", *map(str, arguments)]

    def run(
        self, *arguments: object, check: bool = True, limit: float = 90, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        inherited = {n: v for n, v in os.environ.items() if not n.startswith(("BROOK_", "AWS_"))}
        done = subprocess.run(
            self.command(*arguments),
            env={**inherited, **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=limit,
        )
        if check:
            assert done.returncode == 0, f"{' '.join(map(str, arguments))} ended with {done.returncode}:\n{done.stdout}"
        return done

    def shell(self, script: str, check: bool = True, limit: float = 90) -> str:
        return self.run("sh", "-c", script, check=check, limit=limit).stdout

    def read(self, path: str) -> str:
        return self.run("cat", path).stdout

    def write(self, path: str, text: str) -> None:
        subprocess.run(
            self.command("sh", "-c", 'mkdir -p "$(dirname "$1")" && cat >"$1"', "sh", path),
            input=text,
            text=True,
            check=True,
            timeout=20,
        )

    def exists(self, path: str) -> bool:
        return self.run("test", "-e", path, check=False).returncode == 0

    def fingerprints(self, *folders: str) -> dict[str, str]:
        """The SHA-256 of every file beneath these folders, and where links lead."""
        script = 'find "$@" -type f -exec sha256sum {} + ; find "$@" -type l -printf "%l  %p\\n"'
        lines = self.run("sh", "-c", script, "sh", *folders).stdout.splitlines()
        return {path: digest for digest, _, path in (line.partition("  ") for line in lines)}

    def get(self, url: str, *options: str) -> str:
        """The answer's status, head and body, as curl prints them."""
        return self.run("curl", "-sk", "--max-time", "20", "-i", *options, url).stdout

    def wait_for_ready(self, name: str, prefix: str = "") -> None:
        """Until the site of that name answers that workers are ready."""
        resolve = ("--resolve", f"{name}:443:127.0.0.1")
        command = ("curl", "-sk", "--max-time", "2", *resolve, f"https://{name}{prefix}/readyz")
        until(
            lambda: '"ok"' in self.run(*command, check=False).stdout,
            f"{name}{prefix} is ready",
            20,
            pause=0.1,
        )
