"""Checks a Converse request against botocore's service model, and against the rules that the service enforces besides.

botocore's own ParamValidator finds unknown members, wrong types, missing members and lengths below a minimum. The
service also refuses values outside an enumeration or a pattern, lengths above a maximum and broken base64:
`_constraints` walks the same model for those.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from functools import cache
from typing import Any

import botocore.session
from botocore.model import OperationModel, Shape
from botocore.validate import ParamValidator

OPERATIONS = {"converse": "Converse", "converse-stream": "ConverseStream"}


def problems(action: str, model_id: str, body: Any) -> list[str]:
    """Everything that Bedrock would refuse in the request."""
    if not isinstance(body, dict):
        return ["The body is not a JSON object"]
    if "modelId" in body:
        return ["modelId stands in the path, not in the body"]
    shape = _operation(OPERATIONS[action]).input_shape
    params = {**body, "modelId": model_id}
    report = ParamValidator().validate(params, shape)
    if report.has_errors():
        return report.generate_report().splitlines()
    return [*_constraints(params, shape, ""), *_conversation(body), *_blocks(body), *_tools(body), *_thinking(body)]


@cache
def _operation(name: str) -> OperationModel:
    loader = botocore.session.get_session()
    return loader.get_service_model("bedrock-runtime").operation_model(name)


def _constraints(value: Any, shape: Shape, path: str):
    if shape.type_name == "structure" and not getattr(shape, "is_document_type", False):
        for name, member in value.items():
            yield from _constraints(member, shape.members[name], f"{path}.{name}")
    elif shape.type_name == "list":
        yield from _length(value, shape, path)
        for index, item in enumerate(value):
            yield from _constraints(item, shape.member, f"{path}[{index}]")
    elif shape.type_name == "map":
        yield from _length(value, shape, path)
        for key, item in value.items():
            yield from _constraints(key, shape.key, f"{path}<key>")
            yield from _constraints(item, shape.value, f"{path}[{key!r}]")
    elif shape.type_name == "string":
        yield from _length(value, shape, path)
        yield from _text(value, shape, path)
    elif shape.type_name == "blob":
        yield from _base64(value, path)
    elif shape.type_name in ("integer", "long", "float", "double"):
        maximum = shape.metadata.get("max")
        if maximum is not None and value > float(maximum):
            yield f"{path}: {value} is above {maximum}"


def _length(value: Any, shape: Shape, path: str):
    maximum = shape.metadata.get("max")
    if maximum is not None and len(value) > int(maximum):
        yield f"{path}: length {len(value)} is above {maximum}"


def _text(value: str, shape: Shape, path: str):
    allowed = shape.metadata.get("enum")
    if allowed and value not in allowed:
        yield f"{path}: {value!r} is none of {allowed}"
    pattern = shape.metadata.get("pattern")
    if pattern and not _matches(pattern, value):
        yield f"{path}: {value[:80]!r} does not match {pattern}"


def _matches(pattern: str, value: str) -> bool:
    try:
        return re.fullmatch(pattern, value, re.DOTALL) is not None
    except re.error:  # A pattern in another dialect of regular expressions.
        return True


def _base64(value: Any, path: str):
    try:
        if not base64.b64decode(value, validate=True):
            yield f"{path}: no bytes"
    except (binascii.Error, ValueError, TypeError) as error:
        yield f"{path}: not base64 ({error})"


def _conversation(body: dict[str, Any]):
    """What the service says about the order of turns (conformance.md 5.2 M3-M6, 5.4 U4)."""
    messages = body.get("messages", [])
    roles = [message["role"] for message in messages]
    if not roles or roles[0] != "user":
        yield "A conversation must start with a user message"
    if any(first == second for first, second in zip(roles, roles[1:])):
        yield "Roles must alternate between user and assistant"
    pending: set[str] = set()
    has_tools = False
    for index, message in enumerate(messages):
        blocks = message["content"]
        where = f"messages[{index}]"
        if not blocks:
            yield f"{where}: content is empty"
        for block in blocks:
            if "text" in block and not block["text"].strip():
                yield f"{where}: blank text block"
        answers = [block["toolResult"]["toolUseId"] for block in blocks if "toolResult" in block]
        has_tools = has_tools or bool(answers)
        if pending != set(answers) or len(answers) != len(set(answers)):
            yield f"{where}: toolResult blocks {answers} do not answer toolUse blocks {sorted(pending)}"
        pending = {block["toolUse"]["toolUseId"] for block in blocks if "toolUse" in block}
        has_tools = has_tools or bool(pending)
    if has_tools and not body.get("toolConfig", {}).get("tools"):
        yield "toolConfig must be defined when toolUse or toolResult blocks are used"


def _blocks(body: dict[str, Any]):
    """Documents, cache points and the end of a last assistant turn (conformance.md M5, M14, C1)."""
    names: list[str] = []
    points = sum("cachePoint" in block for block in body.get("system", []))
    points += sum("cachePoint" in tool for tool in body.get("toolConfig", {}).get("tools", []))
    for index, message in enumerate(body.get("messages", [])):
        blocks = message["content"]
        points += sum("cachePoint" in block for block in blocks)
        own = [block["document"]["name"] for block in blocks if "document" in block]
        if own and not any("text" in block or "guardContent" in block for block in blocks):
            yield f"messages[{index}]: a document without a text"
        names += own
        for result in (block["toolResult"] for block in blocks if "toolResult" in block):
            names += [block["document"]["name"] for block in result["content"] if "document" in block]
            if any("text" in block and not block["text"].strip() for block in result["content"]):
                yield f"messages[{index}]: blank text in a tool result"
    if len(names) != len(set(names)):
        yield f"Document names repeat: {names}"
    if points > 4:
        yield f"{points} cache points"
    last = body["messages"][-1] if body.get("messages") else {"role": "user"}
    if last["role"] == "assistant":
        text = [block for block in last["content"] if "cachePoint" not in block][-1].get("text", "")
        if not text or text != text.rstrip():
            yield "final assistant content cannot end with trailing whitespace"


def _tools(body: dict[str, Any]):
    """Names of tools, the choice, and schemas that the service holds a model to (conformance.md U1-U5, S1)."""
    config = body.get("toolConfig", {})
    specs = [tool["toolSpec"] for tool in config.get("tools", []) if "toolSpec" in tool]
    names = [spec["name"] for spec in specs]
    if len(names) != len(set(names)):
        yield f"Tool names repeat: {names}"
    named = config.get("toolChoice", {}).get("tool", {}).get("name")
    if named is not None and named not in names:
        yield f"toolChoice names {named!r}, which is none of {names}"
    for spec in specs:
        schema = spec["inputSchema"]["json"]
        if schema.get("type") != "object":
            yield f"The schema of {spec['name']!r} has type {schema.get('type')!r}"
        if spec.get("strict"):
            yield from _open_objects(schema, spec["name"])
    extra = body.get("additionalModelRequestFields", {})
    if "tool_choice" in extra:
        if not specs:
            yield "tool_choice without tools"
        if ("type" in extra["tool_choice"]) == ("toolChoice" in config):
            yield "tool_choice.type must stand in one place"
    structure = body.get("outputConfig", {}).get("textFormat", {}).get("structure", {})
    if structure:
        yield from _open_objects(json.loads(structure["jsonSchema"]["schema"]), "outputConfig")


def _open_objects(schema: Any, where: str):
    if isinstance(schema, list):
        for item in schema:
            yield from _open_objects(item, where)
    elif isinstance(schema, dict):
        if schema.get("type") == "object" and schema.get("additionalProperties") is not False:
            yield f"{where}: for 'object' type, 'additionalProperties' must be explicitly set to false"
        for value in schema.values():
            yield from _open_objects(value, where)


def _thinking(body: dict[str, Any]):
    """What Anthropic's thinking excludes (conformance.md P6, P7)."""
    thinking = body.get("additionalModelRequestFields", {}).get("thinking")
    if thinking is None or thinking.get("type") == "disabled":
        return
    inference = body.get("inferenceConfig", {})
    budget = thinking.get("budget_tokens")
    if isinstance(budget, int) != (thinking["type"] == "enabled"):
        yield f"thinking of type {thinking['type']} with budget_tokens {budget}"
    elif budget is not None and (budget < 1024 or "maxTokens" in inference and budget >= inference["maxTokens"]):
        yield f"budget_tokens {budget} must be at least 1024 and less than maxTokens {inference.get('maxTokens')}"
    if inference.get("temperature", 1) != 1 or inference.get("topP", 1) < 0.95:
        yield "temperature and top_p cannot be set while thinking is on"
    if {"any", "tool"} & set(body.get("toolConfig", {}).get("toolChoice", {})):
        yield "Thinking may not be enabled when tool_choice forces tool use"
    if body["messages"][-1]["role"] == "assistant":
        yield "A final assistant turn cannot be prefilled while thinking is on"
