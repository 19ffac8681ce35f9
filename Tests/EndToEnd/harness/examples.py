"""The examples of docs/api.md: read, run and compared.

An example is a fenced `sh` block and the block after it. Each curl of the first has its answer in the second, in order:
in a `json` block one document each, in any other the one answer as text. Between them `…` stands for what is not shown:
part of a text, a value, members of an object or elements of an array. Times and the members in `VARYING` have to be of
the right kind only.
"""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

VARYING = {"created", "first_byte_latency", "invocation_latency", "latency", "p50", "p99", "request_id"}
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
MORE = "\0more"
ANY = "\0any"


@dataclass
class Example:
    heading: str
    line: int
    commands: list[str]
    kind: str
    expected: list[Any]

    def __str__(self) -> str:
        return f"{self.heading} (line {self.line})"


def read(path: Path) -> list[Example]:
    """All examples; an answer without a request, or a request without an answer, is an error."""
    examples: list[Example] = []
    heading, pending = "", None
    for line, kind, text in _parts(path.read_text()):
        if kind == "heading":
            assert pending is None, f"No answer to the request in line {pending[0]}"
            heading = text
        elif kind == "sh":
            assert pending is None, f"No answer to the request in line {pending[0]}"
            pending = (line, _commands(text))
        elif pending is not None:
            calls = sum(_is_call(command) for command in pending[1])
            expected = _documents(text) if kind == "json" else [text.strip()]
            example = Example(heading, pending[0], pending[1], kind, expected)
            assert calls == len(expected), f"{example}: {calls} requests, {len(expected)} answers"
            examples.append(example)
            pending = None
        else:
            assert kind != "json", f"An answer without a request in line {line}"
    return examples


def _parts(document: str) -> Iterator[tuple[int, str, str]]:
    kind, begin, block = None, 0, []
    for number, line in enumerate(document.splitlines(), 1):
        if line.startswith("```"):
            if kind is None:
                kind, begin, block = line[3:].strip() or "text", number, []
            else:
                yield begin, kind, "\n".join(block)
                kind = None
        elif kind is not None:
            block.append(line)
        elif line.startswith("#"):
            yield number, "heading", line.lstrip("# ")


def _commands(block: str) -> list[str]:
    commands: list[str] = []
    unfinished = ""
    for line in block.splitlines():
        unfinished += line + "\n"
        if not line.endswith("\\") and unfinished.count("'") % 2 == 0:
            commands.append(unfinished)
            unfinished = ""
    assert not unfinished, f"A command has no end: {unfinished}"
    return commands


def _is_call(command: str) -> bool:
    return command.startswith("curl ")


def _documents(text: str) -> list[Any]:
    decoder = json.JSONDecoder()
    marked = _marked(text).strip()
    documents = []
    while marked:
        document, end = decoder.raw_decode(marked)
        documents.append(document)
        marked = marked[end:].strip()
    return documents


def _marked(text: str) -> str:
    """With a JSON value or member in the place of each `…` outside of strings."""
    result, open_brackets = [], []
    for token in re.findall(r'"(?:[^"\\]|\\.)*"|…|[\[\]{}]|[^"…\[\]{}]+', text):
        if token in ("[", "{"):
            open_brackets.append(token)
        elif token in ("]", "}"):
            open_brackets.pop()
        if token == "…":
            before = "".join(result).rstrip()[-1:]
            if before == ":":
                token = json.dumps(ANY)
            else:
                token = json.dumps(MORE) + (": true" if open_brackets[-1] == "{" else "")
        result.append(token)
    return "".join(result)


class Runner:
    """Runs commands as a reader would, and keeps what curl was answered."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self._folder = folder
        self.environment = environment

    def run(self, command: str) -> tuple[str, str, httpx.Response] | None:
        """Method, path and answer of a call; None for another command."""
        body = self._folder / "answer"
        told = '\\n%{method} %{http_code} %{content_type}\\n%{url_effective}'
        # A second -o is for a second address, so the command's own has no effect.
        curl = f"curl() {{ command curl -sS -o {body} -w '{told}' \"$@\" 2>&1; }}\n"
        ran = subprocess.run(
            ["bash", "-c", curl + command],
            cwd=self._folder,
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", **self.environment},
            capture_output=True,
            text=True,
            timeout=30,
        )
        assert ran.returncode == 0, f"{command}: {ran.stdout}{ran.stderr}"
        if not _is_call(command):
            return None
        first, url = ran.stdout.splitlines()[-2:]
        method, status, kind = [*first.split(" ", 2), ""][:3]
        answer = httpx.Response(int(status), headers={"content-type": kind}, content=body.read_bytes())
        return method, urlsplit(url).path, answer


def differences(expected: Any, actual: Any, where: str = "$") -> Iterator[str]:
    """How an answer is not as its example shows it."""
    name = where.rsplit(".", 1)[-1]
    if expected == ANY:
        return
    if isinstance(expected, dict) and isinstance(actual, dict):
        shown = [member for member in expected if member != MORE]
        extra = [] if MORE in expected else [member for member in actual if member not in expected]
        missing = [member for member in shown if member not in actual]
        if extra or missing:
            yield f"{where}: has also {extra}, lacks {missing}"
        for member in shown:
            if member in actual:
                yield from differences(expected[member], actual[member], f"{where}.{member}")
    elif isinstance(expected, list) and isinstance(actual, list):
        shown = [item for item in expected if item != MORE]
        if len(actual) < len(shown) or (MORE not in expected and len(actual) > len(shown)):
            yield f"{where}: has {len(actual)} elements, not {len(shown)}: {json.dumps(actual)[:600]}"
        for index, (one, other) in enumerate(zip(shown, actual)):
            yield from differences(one, other, f"{where}[{index}]")
    elif name in VARYING:
        if type(expected) is not type(actual):
            yield f"{where}: is {actual!r}, not of the kind of {expected!r}"
    elif isinstance(expected, str) and isinstance(actual, str):
        if not _is_same_text(expected, actual):
            yield f"{where}: is {actual!r}, not {expected!r}"
    elif isinstance(expected, bool) != isinstance(actual, bool) or expected != actual:
        yield f"{where}: is {json.dumps(actual)[:600]}, not {json.dumps(expected)[:600]}"


def _is_same_text(expected: str, actual: str) -> bool:
    if TIME.fullmatch(expected):
        return TIME.fullmatch(actual) is not None
    pattern = ".*".join(re.escape(part) for part in expected.split("…"))
    return re.fullmatch(pattern, actual.strip() if "\n" in actual else actual, re.DOTALL) is not None
