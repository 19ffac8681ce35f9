"""The benchmark's provider and driver: written in C, they leave the processors to what is tested."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from .instance import REPOSITORY

FOLDER = REPOSITORY / "Benchmarks"


def build() -> None:
    subprocess.run(["make", "-s", "-C", str(FOLDER)], check=True, timeout=120)


@contextmanager
def provider() -> Iterator[int]:
    """Runs the provider and gives its port."""
    with subprocess.Popen([FOLDER / "bin/provider"], stdout=subprocess.PIPE) as process:
        try:
            yield int(process.stdout.readline())
        finally:
            process.terminate()


def driver(mode: str, port: int, body: dict[str, Any], key: str, *options: str, folder: Path) -> subprocess.Popen[str]:
    """Starts the driver with one body for all calls."""
    file = folder / f"{body['model']}-{mode}.json"
    file.write_text(json.dumps(body))
    command = [str(FOLDER / "bin/driver"), mode, "--port", str(port), "--body", str(file), "--json"]
    command += ["--header", f"Authorization: Bearer {key}", *options]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def report(process: subprocess.Popen[str], limit: float) -> dict[str, Any]:
    """What the driver measured."""
    with process:
        try:
            output, _ = process.communicate(timeout=limit)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
    assert process.returncode == 0
    return json.loads(output)
