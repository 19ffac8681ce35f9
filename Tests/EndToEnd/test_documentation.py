"""docs/api.md tells what happens: every example in it is run, in its order, on one fresh instance."""

from __future__ import annotations

import json
from typing import Any

import pytest

from harness import examples
from harness.instance import REPOSITORY
from harness.openapi import Document
from scripted import signature

DOCUMENT = REPOSITORY / "docs/api.md"
#: The model of the examples, whose AWS account is the scripted provider's.
MODEL = "anthropic.claude-3-sonnet-20240229-v1:0"
BOT = '"appId": "cli_1"'
ACCOUNT = '"region": "us-west-2"'


def test_every_example_of_the_interface_s_description_answers_as_it_says(provider, make_instance, tmp_path):
    script = provider.script(
        *(["text", "po"], ["text", "ng"], ["finish", "end_turn"]),
        ["usage", {"inputTokens": 8, "outputTokens": 4}],
        name=MODEL,
    )
    instance = make_instance(workers=2)
    document = Document(instance.url, instance.admin_key)
    credentials = {"accessKeyId": signature.ACCESS_KEY, "secretAccessKey": signature.SECRET_KEY}
    place = {"endpoint": script.bedrock_config()["endpoint"], "credentials": [credentials]}
    account = f"{ACCOUNT}, {json.dumps(place)[1:-1]}"
    # The platform of the examples' bot is the scripted one.
    provider.feishu("PUT", "cli_1", {"secret": "kd8s7f6g5hkd8s7f6g5h"})
    bot = f'{BOT}, "baseUrl": "{provider.feishu_url}"'
    runner = examples.Runner(tmp_path, {"BROOK": instance.url, "ADMIN": instance.admin_key, "KEY": ""})
    wrong: list[str] = []
    seen: set[tuple[str, str]] = set()
    for example in examples.read(DOCUMENT):
        expected = iter(example.expected)
        for command in example.commands:
            told = runner.run(command.replace(ACCOUNT, account).replace(BOT, bot))
            if told is None:
                continue
            method, path, answer = told
            found = document.operation(method, path)
            if found is not None:
                seen.add((method, found[0]))
            problems = document.problems(method, path, answer)
            shown = next(expected)
            if example.kind == "json":
                actual = without_place(answer.json())
                if is_failure(shown) != (answer.status_code >= 400):
                    problems.append(f"status {answer.status_code}")
                keep_key(runner, actual)
            else:
                actual = answer.text.strip()
            problems += examples.differences(shown, actual)
            wrong += [f"{example}: {method} {path}: {problem}" for problem in problems]
    assert wrong == [], "\n" + "\n".join(wrong)
    every = {(method, path) for method, path, _ in document.operations()}
    assert seen == every, f"docs/api.md has no example of {sorted(every - seen)}"


def is_failure(document: Any) -> bool:
    return isinstance(document, dict) and (document.get("success") is False or bool(document.get("error")))


def keep_key(runner: examples.Runner, answer: dict[str, Any]) -> None:
    """The first key that the examples make is $KEY, and the text that takes its place."""
    row = answer.get("data")
    if isinstance(row, dict) and row.get("id") == 2 and len(row.get("api_key", "")) > 40:
        runner.environment["KEY"] = row["api_key"]


def without_place(node: Any) -> Any:
    """What the test has put into the model's configuration, taken out again."""
    if isinstance(node, list):
        return [without_place(item) for item in node]
    if not isinstance(node, dict):
        return node
    if node.get("modelId") == MODEL:
        return {name: value for name, value in node.items() if name not in ("endpoint", "credentials")}
    if node.get("appId") == "cli_1":
        return {name: value for name, value in node.items() if name != "baseUrl"}
    return {name: without_place(value) for name, value in node.items()}


def test_an_example_that_is_wrong_is_found(tmp_path):
    page = tmp_path / "page.md"
    page.write_text('# A\n```sh\ncurl x \\\n  -d \'{\n}\'\n```\n```json\n{"a": 1, "b": [{"c": "x…z"}, …], …}\n```\n')
    (example,) = examples.read(page)
    assert (example.heading, len(example.commands), example.line) == ("A", 1, 2)
    (shown,) = example.expected
    assert list(examples.differences(shown, {"a": 1, "b": [{"c": "xyz"}, 2], "d": 1})) == []
    for other in ({"a": 2}, {"b": []}, {"b": [{"c": "x"}]}, {"b": [{"c": "xz", "d": 1}]}, {"a": True}):
        assert list(examples.differences(shown, {"a": 1, "b": [{"c": "xz"}], **other})), other
    page.write_text("# A\n```sh\ncurl x\n```\n# B\n")
    with pytest.raises(AssertionError, match="No answer"):
        examples.read(page)
    page.write_text('# A\n```json\n{"a": 1}\n```\n')
    with pytest.raises(AssertionError, match="without a request"):
        examples.read(page)
