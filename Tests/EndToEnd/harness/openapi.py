"""The instance's OpenAPI document, and answers held against it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cached_property
from typing import Any

import httpx
from jsonschema import Draft202012Validator


class Document:
    def __init__(self, url: str, admin_key: str) -> None:
        answer = httpx.get(f"{url}/openapi.json", headers={"Authorization": f"Bearer {admin_key}"})
        assert answer.status_code == 200 and answer.headers["content-type"] == "application/json", answer.text
        self.published = answer.json()

    @cached_property
    def closed(self) -> dict[str, Any]:
        """The document with answers that may have no member beyond those that it names.

        It lets clients expect more, since later versions may answer more; this version must not.
        """
        document = json.loads(json.dumps(self.published))
        _close(document["components"]["schemas"])
        for _, _, operation in self.operations(document):
            _close(operation["responses"])
        return document

    def operations(self, document: dict[str, Any] | None = None) -> Iterator[tuple[str, str, dict[str, Any]]]:
        """Method, path and operation."""
        for path, item in (document or self.published)["paths"].items():
            for method, operation in item.items():
                yield method.upper(), path, operation

    def operation(self, method: str, path: str) -> tuple[str, dict[str, Any]] | None:
        """The path with its placeholders, and the operation that a request means."""
        parts = path.split("/")
        for wanted, pattern, operation in self.operations(self.closed):
            places = pattern.split("/")
            same = len(places) == len(parts) and all(a == b or a.startswith("{") for a, b in zip(places, parts))
            if wanted == method and same:
                return pattern, operation
        return None

    def problems(self, method: str, path: str, answer: httpx.Response) -> list[str]:
        """What of an answer is not as the document says."""
        found = self.operation(method, path)
        if found is None:
            return [f"{method} {path} is not in the document"]
        statuses = found[1]["responses"]
        response = statuses.get(str(answer.status_code)) or statuses.get(f"{answer.status_code // 100}XX")
        if response is None:
            return [f"Status {answer.status_code} is not one of {list(statuses)}"]
        if "$ref" in response:
            response = self.closed["components"]["responses"][response["$ref"].rsplit("/", 1)[1]]
        kind = answer.headers.get("content-type", "").split(";")[0]
        if kind not in response["content"]:
            return [f"Content-Type {kind!r} is not one of {list(response['content'])}"]
        if kind != "application/json":
            return []
        schema = {**response["content"][kind]["schema"], "components": self.closed["components"]}
        errors = Draft202012Validator(schema).iter_errors(answer.json())
        return [f"{error.json_path}: {error.message[:300]}" for error in errors]


def _close(node: Any) -> None:
    if isinstance(node, list):
        for item in node:
            _close(item)
    elif isinstance(node, dict):
        if node.get("type") == "object" and "properties" in node:
            node.setdefault("additionalProperties", False)
        for value in node.values():
            _close(value)
