"""What the figures were measured on: nothing that names the machine or its owner."""

import os
import platform
import subprocess
from datetime import datetime, timezone


def _first_line(path: str, prefix: str) -> str:
    try:
        with open(path, encoding="utf-8") as file:
            for line in file:
                if line.startswith(prefix):
                    return line[len(prefix):].strip(" \t\n:=\"")
    except OSError:
        pass
    return "unknown"


def _package(name: str) -> str:
    result = subprocess.run(["dpkg-query", "-W", "-f", "${Version}", name], capture_output=True, text=True)
    return result.stdout.strip() if result.returncode == 0 else "unknown"


def describe() -> list[tuple[str, str]]:
    memory = int(_first_line("/proc/meminfo", "MemTotal").split()[0]) / 1048576
    return [
        ("date", datetime.now(timezone.utc).strftime("%Y-%m-%d %H:%M UTC")),
        ("cores", f"{len(os.sched_getaffinity(0))}, {_first_line('/proc/cpuinfo', 'model name')}"),
        ("memory", f"{memory:.1f} GiB"),
        ("system", f"{_first_line('/etc/os-release', 'PRETTY_NAME=')}, Linux {platform.release().split('-')[0]}"),
        ("nginx", _package("nginx")),
        ("libcurl", _package("libcurl4")),
        ("SQLite", _package("libsqlite3-0")),
        ("libfcgi", _package("libfcgi0ldbl")),
    ]
