"""No line of the milestone is without a test."""

from __future__ import annotations

import re
from pathlib import Path

from acceptance import Line


def test_each_line_of_the_milestone_is_named_by_a_test():
    named = set()
    for path in Path(__file__).parent.glob("test_*.py"):
        for covered in re.findall(r"(?m)^@covers\(([^)]*)\)", path.read_text()):
            named |= set(re.findall(r"Line\.(\w+)", covered))
    assert {line.name for line in Line} - named == set()
