"""Hooks of the schemathesis run (test_openapi.py), loaded by its program through SCHEMATHESIS_HOOKS.

They lead some of the generated requests to rows that exist, keep the run from ending its own right to call, and count
what was answered. Brook itself refuses that a key deletes, disables or demotes itself; what it allows, and what would end
the run all the same, is a new text for the key, and taking away its model: such requests are sent to a row that does not
exist.
"""

from __future__ import annotations

import atexit
import json
import os
import random
from collections import Counter, defaultdict
from typing import Any

import schemathesis

PLAN = json.loads(os.environ["BROOK_FUZZING"])
NOWHERE = 10**12
#: Calls of models, by the name in `model`.
CALLS = ("/v1/chat/completions", "/v1/embeddings", "/v1/images/generations", "/v1/responses")
#: Which field must not name which row.
GUARDED = {
    "/admin/api-key/delete": ("id", PLAN["keys"]),
    "/admin/api-key/reset-key": ("id", PLAN["keys"]),
    "/admin/api-key/update": ("id", PLAN["keys"]),
    "/admin/api-key/unbind-model": ("key_id", PLAN["keys"]),
    "/admin/api-key/bind-or-unbind-model": ("key_id", PLAN["keys"]),
    "/admin/model/delete": ("id", PLAN["models"]),
    "/admin/model/save": ("id", PLAN["models"]),
}
choice = random.Random(PLAN["seed"])
answered: dict[str, Counter[str]] = defaultdict(Counter)


def is_row(value: Any, rows: list[int]) -> bool:
    """Whether Brook takes the value for one of the rows: it takes `7`, `7.0` and `"7"`."""
    try:
        return not isinstance(value, bool) and float(value) in rows
    except (TypeError, ValueError, OverflowError):
        return False


@schemathesis.hook
def before_call(context, case, kwargs) -> None:
    path = case.operation.path
    if isinstance(case.path_parameters, dict) and "{id}" in path and choice.random() < 0.4:
        case.path_parameters["id"] = choice.choice(PLAN["names"]) if path.startswith("/v1/") else choice.randint(1, 4)
    if not isinstance(case.body, dict):
        return
    if path in CALLS and isinstance(case.body.get("model"), str) and choice.random() < 0.7:
        case.body["model"] = choice.choice(PLAN["names"])
        if isinstance(case.body.get("stream", False), bool):
            case.body["stream"] = choice.random() < 0.5
    if path == "/admin/model/save" and isinstance(case.body.get("provider"), str) and choice.random() < 0.5:
        case.body.update(provider="echo", config={})
    for field in ("id", "key_id", "group_id", "model_id"):
        if field in case.body and choice.random() < 0.4:
            case.body[field] = choice.randint(1, 8)
    field, rows = GUARDED.get(path, ("", []))
    if is_row(case.body.get(field), rows):
        case.body[field] = NOWHERE


@schemathesis.hook
def after_call(context, case, response) -> None:
    answered[f"{case.operation.method.upper()} {case.operation.path}"][str(response.status_code)] += 1


@schemathesis.serializer("text/csv")
def csv(context, value) -> bytes:
    return value.encode() if isinstance(value, str) else json.dumps(value).encode()


@atexit.register
def report() -> None:
    with open(PLAN["report"], "w") as file:
        json.dump(answered, file)
