"""The committed page of results."""

from pathlib import Path

from . import machine
from .rows import Row, table

INTRODUCTION = """\
# Results

Written by `{command}` ({seconds:.0f} s). Load driver, scripted provider, nginx and Brook share the cores of one machine,
so the ratios between Brook and nginx alone are what can be compared between machines; `thresholds.json` holds their
limits. "Nginx alone" is `proxy_pass` straight to the same scripted provider, measured in turns with Brook in the same
run. Each figure is the median of its rounds. Targets are the design's, where it has one.
"""


def write(path: Path, command: str, seconds: float, rows: list[Row], load: float) -> None:
    facts = machine.describe() + [("load average before the run", f"{load:.2f}")]
    parts = [
        INTRODUCTION.format(command=command, seconds=seconds),
        "\n".join(f"- {name}: {value}" for name, value in facts),
        table(rows),
    ]
    path.write_text("\n\n".join(part.rstrip("\n") for part in parts) + "\n")
