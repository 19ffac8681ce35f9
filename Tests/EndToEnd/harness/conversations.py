"""Chat requests made by chance: most are what a client may well send, some are what no client should."""

from __future__ import annotations

import base64
import random
from typing import Any

PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
TEXTS = ["Hello", "What is the weather?", "漢字 ✓", "a\nb", "{}", "🦆", "tail  \n", "\x1fodd", "x" * 300]
BLANKS = ["", " ", "\n\t", "\u00a0", "\u2028", "\x1c"]
IDS = ["call_1", "call_2", "toolu_bdrk_01AbC", "fc/9 x", "i" * 90, "ünï", "a.b:c-d", "::"]
NAMES = ["weather", "get.weather", "get_weather", "n" * 80, "söök", "json_answer", "a-b", "get weather"]
ARGUMENTS = ['{"city":"Oslo"}', "", "  ", "null", "[1]", '"x"', '{"a":', '{"a":1}{"b":2}', "{}", '{"n":1e400}', "\x00"]
SCHEMAS: list[Any] = [
    None,
    {},
    {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
    {"type": "object", "properties": {}, "additionalProperties": False},
    {"properties": {"a": {"$ref": "#/$defs/A"}}, "$defs": {"A": {"properties": {"b": {"$ref": "#/$defs/A"}}}}},
    {"type": "object", "properties": {"n": {"type": "integer", "minimum": 1}}},
    {"anyOf": [{"type": "object", "properties": {}}, {"type": "object"}]},
]
ROOTLESS: list[Any] = [{"type": "array", "items": {}}, {"type": ["object", "null"]}]


class Generator:
    """The same requests for the same seed."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def request(self) -> dict[str, Any]:
        body: dict[str, Any] = {"messages": self._messages()}
        if self._often(0.4):
            body["tools"] = [self._tool() for _ in range(self._random.randint(1, 3))]
            if self._often(0.5):
                body["tool_choice"] = self._choice(body["tools"])
        options = {
            "stream": [True, False],
            "max_tokens": [1, 5, 1024, 1025, 9000],
            "temperature": [0, 0.7, 1, 2],
            "top_p": [0, 0.5, 0.99],
            "top_k": [0, 5],
            "stop": ["END", ["", "a"], [""], []],
            "reasoning_effort": ["none", "minimal", "low", "high", "max", "much"],
            "thinking": [
                {"type": "enabled", "budget_tokens": 2000},
                {"type": "enabled", "budget_tokens": 1},
                {"type": "enabled"},
                {"type": "adaptive"},
                {"type": "disabled"},
                {"type": "enabled", "budget_tokens": "x"},
            ],
            "parallel_tool_calls": [True, False],
            "service_tier": ["auto", "default", "flex", "priority"],
            "user": ["ada@example.org", "Ünal (x)", ""],
            "metadata": [{}, {"a": "b"}, {"k(": 3, "": "v", "l" * 300: "m" * 300}, {f"k{i}": "v" for i in range(30)}],
            "response_format": [
                {"type": "text"},
                {"type": "json_object"},
                *(
                    {"type": "json_schema", "json_schema": {"name": "a", "schema": schema}}
                    for schema in [*filter(None, SCHEMAS), self._schema()]
                ),
            ],
            "guardrailConfig": [
                {"guardrailIdentifier": "gr1", "guardrailVersion": "DRAFT"},
                {"guardrailIdentifier": "gr1", "guardrailVersion": "1", "guards": "last", "trace": "enabled"},
            ],
        }
        if self._often(0.02):
            body["guardrailConfig"] = self._random.choice([{"guardrailIdentifier": "Gr 1", "guardrailVersion": "1"}, {}])
        for name, values in options.items():
            if self._often(0.15):
                body[name] = self._random.choice(values)
        return body

    def _often(self, chance: float) -> bool:
        return self._random.random() < chance

    def _schema(self) -> Any:
        return self._random.choice(ROOTLESS if self._often(0.03) else SCHEMAS)

    def _text(self) -> str:
        return self._random.choice(BLANKS if self._often(0.15) else TEXTS)

    def _messages(self) -> list[dict[str, Any]]:
        messages: list[dict[str, Any]] = []
        for _ in range(self._random.randint(1, 7)):
            role = self._random.choice(["system", "developer", "user", "user", "user", "assistant", "assistant", "calls"])
            if role == "calls":
                messages += self._round()
            elif self._often(0.01):
                messages.append({"role": "tool", "tool_call_id": self._random.choice(IDS), "content": self._text()})
            else:
                messages.append({"role": role, "content": self._content(role), **self._extras(role)})
        return messages

    def _round(self) -> list[dict[str, Any]]:
        """An assistant's calls and their results, seldom with one missing or something between."""
        ids = self._random.sample(IDS, self._random.randint(1, 3))
        if self._often(0.05):
            ids.append(ids[0])
        calls = [self._call(each) for each in ids]
        content = self._random.choice([None, None, "Let me see.", "", [{"type": "text", "text": self._text()}]])
        told = {"role": "assistant", "content": content, "tool_calls": calls, **self._extras("assistant")}
        results = [{"role": "tool", "tool_call_id": each, "content": self._result()} for each in ids]
        self._random.shuffle(results)
        if self._often(0.05):
            results.pop()
        if self._often(0.1):
            results.insert(self._random.randint(0, len(results)), {"role": "system", "content": "Mind the time."})
        return [told, *results]

    def _call(self, call_id: str) -> dict[str, Any]:
        function = {"name": self._random.choice(NAMES), "arguments": self._random.choice(ARGUMENTS)}
        return {"id": call_id, "type": "function", "function": function}

    def _result(self) -> Any:
        if self._often(0.6):
            return self._text()
        return [self._part("tool") for _ in range(self._random.randint(0, 2))]

    def _content(self, role: str) -> Any:
        if self._often(0.5):
            return self._text()
        return [self._part(role) for _ in range(self._random.randint(0, 3))]

    def _part(self, role: str) -> dict[str, Any]:
        makers = [self._text_part]
        if role in ("user", "tool"):
            makers += [*[self._text_part] * 4, self._image, self._file]
        if role == "assistant":
            makers += [self._thinking]
        if self._often(0.01):
            makers = [self._image, self._audio]
        part = self._random.choice(makers)()
        if self._often(0.15):
            part["cache_control"] = {"type": "ephemeral", **self._random.choice([{}, {"ttl": "1h"}, {"ttl": "9y"}])}
        return part

    def _text_part(self) -> dict[str, Any]:
        return {"type": "text", "text": self._text()}

    def _image(self) -> dict[str, Any]:
        url = f"data:image/png;base64,{PNG}"
        if self._often(0.03):
            url = self._random.choice(["data:image/png;base64,AAAA", "https://example.org/a.png"])
        return {"type": "image_url", "image_url": {"url": url}}

    def _file(self) -> dict[str, Any]:
        name = "b.exe" if self._often(0.03) else self._random.choice(["a.pdf", "ignore all rules.txt", "c.md"])
        data = base64.b64encode(self._random.choice([b"%PDF-1.4", b"text"])).decode()
        return {"type": "file", "file": {"filename": name, "file_data": data}}

    def _audio(self) -> dict[str, Any]:
        return {"type": "input_audio", "input_audio": {"data": "UklGRg==", "format": "wav"}}

    def _thinking(self) -> dict[str, Any]:
        return self._random.choice(
            [
                {"type": "thinking", "thinking": "hm", "signature": "c2ln"},
                {"type": "thinking", "thinking": "unsigned"},
                {"type": "redacted_thinking", "data": "?" if self._often(0.1) else "AAEC"},
            ]
        )

    def _extras(self, role: str) -> dict[str, Any]:
        extras: dict[str, Any] = {}
        if self._often(0.1):
            extras["name"] = "someone"
        if role == "assistant" and self._often(0.15):
            extras["refusal"] = self._random.choice([None, "", "No."])
        if role == "assistant" and self._often(0.15):
            extras["reasoning_content"] = "hm"
        if role == "assistant" and self._often(0.15):
            extras["thinking_blocks"] = [self._thinking()]
        return extras

    def _tool(self) -> dict[str, Any]:
        function: dict[str, Any] = {"name": self._random.choice(NAMES)}
        if self._often(0.7):
            function["description"] = self._random.choice(["Tells it.", "", " "])
        if self._often(0.8):
            function["parameters"] = self._schema()
        if self._often(0.3):
            function["strict"] = self._random.choice([True, False])
        tool = {"type": "function", "function": function}
        if self._often(0.1):
            tool["cache_control"] = {"type": "ephemeral"}
        return tool

    def _choice(self, tools: list[dict[str, Any]]) -> Any:
        named = {"type": "function", "function": {"name": self._random.choice(tools)["function"]["name"]}}
        absent = {"type": "function", "function": {"name": "absent"}}
        return absent if self._often(0.05) else self._random.choice(["auto", "none", "required", named])

