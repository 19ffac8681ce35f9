"""Images: Bedrock's InvokeModel for models that make them, and POST …/images/generations of an OpenAI-compatible provider.

The rules of the bodies are those of AWS's user guides and of OpenAI's reference.
"""

from __future__ import annotations

import base64
from typing import Any

PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(24)).decode()
RATIOS = {"16:9", "1:1", "21:9", "2:3", "3:2", "4:5", "5:4", "9:16", "9:21"}
OPENAI = {"model", "prompt", "n", "size", "quality", "style", "response_format", "background", "output_format", "user"}


def makes(model: str) -> bool:
    return model.startswith(("amazon.nova-canvas", "amazon.titan-image", "stability."))


def problems(model: str, body: dict[str, Any]) -> list[str]:
    """Everything that the model would refuse in the body."""
    return list(_stability(body) if model.startswith("stability.") else _amazon(model, body))


def _amazon(model: str, body: dict[str, Any]):
    for name in body.keys() - {"taskType", "textToImageParams", "imageGenerationConfig"}:
        yield f"extraneous key [{name}] is not permitted"
    if body.get("taskType") != "TEXT_IMAGE":
        yield "taskType is not TEXT_IMAGE"
    text = body.get("textToImageParams", {}).get("text", "")
    nova = model.startswith("amazon.nova")
    if not 1 <= len(text) <= (1024 if nova else 512):
        yield "the prompt's length is out of range"
    config = body.get("imageGenerationConfig", {})
    for name in config.keys() - {"numberOfImages", "width", "height", "quality", "cfgScale", "seed"}:
        yield f"extraneous key [{name}] is not permitted"
    if not 1 <= config.get("numberOfImages", 1) <= 5:
        yield "numberOfImages is not 1 to 5"
    if config.get("quality") not in ("standard", "premium"):
        yield "quality is neither standard nor premium"
    if not 0 <= config.get("seed", 0) <= (858_993_459 if nova else 2_147_483_646):
        yield "seed is out of range"


def _stability(body: dict[str, Any]):
    for name in body.keys() - {"prompt", "aspect_ratio", "mode", "output_format", "seed", "negative_prompt"}:
        yield f"extraneous key [{name}] is not permitted"
    if not 1 <= len(body.get("prompt", "")) <= 10_000:
        yield "the prompt's length is out of range"
    if body.get("aspect_ratio", "1:1") not in RATIOS:
        yield "no such aspect_ratio"
    if not 0 <= body.get("seed", 0) <= 4_294_967_294:
        yield "seed is out of range"


def answer(model: str, body: dict[str, Any]) -> dict[str, Any]:
    if model.startswith("stability."):
        return {"seeds": [body.get("seed", 1)], "finish_reasons": [None], "images": [PNG]}
    return {"images": [PNG] * body["imageGenerationConfig"]["numberOfImages"], "error": None}


def openai_faults(body: dict[str, Any]) -> list[str]:
    found = [f"Unknown parameter: '{name}'" for name in body.keys() - OPENAI]
    if not body.get("prompt"):
        found.append("prompt is missing")
    return found


def openai_answer(body: dict[str, Any]) -> dict[str, Any]:
    # JSON does not tell 1 from 1.0.
    count = min(int(body.get("n") or 1), 10)
    rows = [{"url": f"https://images.example/{index}.png"} for index in range(count)]
    if body.get("response_format") == "b64_json":
        rows = [{"b64_json": PNG} for _ in rows]
    usage = {
        "input_tokens": 10,
        "output_tokens": 100 * count,
        "total_tokens": 10 + 100 * count,
        "input_tokens_details": {"text_tokens": 10, "image_tokens": 0},
    }
    return {"created": 1_795_248_000, "data": rows, "usage": usage}
