"""Rows of the result table, and the limits that fail a run."""

import json
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Row:
    what: str
    result: str
    floor: str = ""   # the same through nginx alone, where that can be measured
    target: str = ""  # the design's; empty where it has none
    met: bool | None = None
    ratio: str = ""   # the name of this row's entry in thresholds.json
    value: float = 0.0

    @property
    def verdict(self) -> str:
        return "" if self.met is None else "pass" if self.met else "FAIL"


class Thresholds:
    """Limits on ratios within one run, so that they hold on any machine."""

    def __init__(self, path: Path):
        self._limits = json.loads(path.read_text())

    def broken_by(self, rows: list[Row]) -> list[str]:
        broken = []
        for row in rows:
            if not row.ratio:
                continue
            limit = self._limits[row.ratio]
            if row.value < limit.get("at_least", float("-inf")):
                broken.append(f"{row.ratio}: {row.value:.3f} is less than {limit['at_least']}")
            if row.value > limit.get("at_most", float("inf")):
                broken.append(f"{row.ratio}: {row.value:.3f} is more than {limit['at_most']}")
        return broken


def table(rows: list[Row]) -> str:
    """A Markdown table with aligned columns, which also reads well in a terminal."""
    cells = [("measurement", "Brook", "nginx alone", "target", "")]
    cells += [(row.what, row.result, row.floor, row.target, row.verdict) for row in rows]
    widths = [max(len(line[column]) for line in cells) for column in range(5)]
    lines = ["| " + " | ".join(text.ljust(width) for text, width in zip(line, widths)) + " |" for line in cells]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines)
