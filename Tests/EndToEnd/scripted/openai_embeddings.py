"""An OpenAI-compatible provider: POST …/embeddings."""

from __future__ import annotations

import base64
import struct
from typing import Any

from .invoke import vector_of

KNOWN = {"model", "input", "encoding_format", "dimensions", "user"}
DEFAULT_DIMENSIONS = 16


def faults(body: dict[str, Any]) -> list[str]:
    """What OpenAI would refuse in the body."""
    found = [f"Unrecognized request argument supplied: {name}" for name in body.keys() - KNOWN]
    if not body.get("input"):
        found.append("input is empty")
    if body.get("encoding_format", "float") not in ("float", "base64"):
        found.append("encoding_format is neither float nor base64")
    return found


def answer(body: dict[str, Any]) -> dict[str, Any]:
    inputs = body["input"]
    if isinstance(inputs, str) or isinstance(inputs[0], int):
        inputs = [inputs]
    texts = [item if isinstance(item, str) else " ".join(map(str, item)) for item in inputs]
    # JSON does not tell 4 from 4.0.
    size = max(2, min(int(body.get("dimensions") or DEFAULT_DIMENSIONS), 4096))
    vectors = [vector_of(text, size) for text in texts]
    tokens = sum(len(text.split()) for text in texts)
    rows = [
        {
            "object": "embedding",
            "index": index,
            "embedding": _base64(vector) if body.get("encoding_format") == "base64" else vector,
        }
        for index, vector in enumerate(vectors)
    ]
    # In no particular order, so that only the index tells the place.
    rows.reverse()
    usage = {"prompt_tokens": tokens, "total_tokens": tokens}
    return {"object": "list", "data": rows, "model": f"{body['model']}-2026-01-01", "usage": usage}


def _base64(vector: list[float]) -> str:
    return base64.b64encode(struct.pack(f"<{len(vector)}f", *vector)).decode()
