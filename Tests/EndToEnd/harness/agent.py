"""A program of `agents/`: a client with libraries of its own, which the tests themselves do not import."""

from __future__ import annotations

import json
import os
import select
import subprocess
from pathlib import Path
from typing import Any

from .instance import REPOSITORY
from .provider import ROOT

#: Loading such a library takes five seconds of a processor, the first time much longer.
LIMIT = 120


class Agent:
    """One process for all jobs, run without the settings of whoever runs the tests."""

    def __init__(self, name: str, home: Path) -> None:
        python = REPOSITORY / ".venv-agents/bin/python"
        assert python.is_file(), f"No {python}: run .ci/venv, which installs requirements-agents.txt"
        self._log = home / "stderr.log"
        self._stderr = self._log.open("wb")
        self._process = subprocess.Popen(
            [python, ROOT / "agents" / f"{name}.py"],
            env={"PATH": os.environ["PATH"], "HOME": str(home), "LANGSMITH_TRACING": "false"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._stderr,
        )

    def run(self, job: dict[str, Any]) -> dict[str, Any]:
        """What the agent has seen of one job."""
        self._process.stdin.write(json.dumps(job).encode() + b"\n")
        self._process.stdin.flush()
        ready, _, _ = select.select([self._process.stdout], [], [], LIMIT)
        line = self._process.stdout.readline() if ready else b""
        assert line, f"The agent did not answer: {self._log.read_text()}"
        return json.loads(line)

    def stop(self) -> None:
        self._process.kill()
        self._process.wait(10)
        self._process.stdin.close()
        self._process.stdout.close()
        self._stderr.close()
