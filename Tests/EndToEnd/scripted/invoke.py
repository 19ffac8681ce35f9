"""Bedrock's InvokeModel for models that make embeddings (and images, see images.py), with the rules of their request bodies.

botocore knows the body as bytes only, so the rules are those of AWS's user guide ("Inference request parameters and
response fields"): Titan Text Embeddings, Titan Multimodal Embeddings, Cohere Embed v3 and v4.
"""

from __future__ import annotations

from typing import Any

from . import images

COHERE_TYPES = {"search_document", "search_query", "classification", "clustering", "image"}


def vector_of(text: str, dimensions: int) -> list[float]:
    """A vector that tells its text: a sum of its characters, its length, then zeros; each exact in 32 bits."""
    return [sum(map(ord, text)) / 8, float(len(text)), *[0.0] * (dimensions - 2)]


def problems(model: str, body: Any) -> list[str]:
    """Everything that the model would refuse in the body."""
    if not isinstance(body, dict):
        return ["The body is not a JSON object"]
    if model.startswith("amazon.titan-embed"):
        return list(_titan(model, body))
    if model.startswith("cohere.embed"):
        return list(_cohere(model, body))
    if images.makes(model):
        return images.problems(model, body)
    return [f"The scripted provider has no InvokeModel for {model}"]


def _titan(model: str, body: dict[str, Any]):
    known, sizes = {"inputText"}, []
    if model.startswith("amazon.titan-embed-text-v2"):
        known |= {"dimensions", "normalize", "embeddingTypes"}
        sizes = [256, 512, 1024]
    if model.startswith("amazon.titan-embed-image"):
        known |= {"inputImage", "embeddingConfig"}
    for name in body.keys() - known:
        yield f"extraneous key [{name}] is not permitted"
    if not isinstance(body.get("inputText"), str) or not body["inputText"]:
        yield "expected minLength: 1 at #/inputText"
    if "dimensions" in body and body["dimensions"] not in sizes:
        yield f"{body['dimensions']} is none of {sizes}"
    length = body.get("embeddingConfig", {}).get("outputEmbeddingLength", 1024)
    if length not in (256, 384, 1024):
        yield f"outputEmbeddingLength {length} is not allowed"


def _cohere(model: str, body: dict[str, Any]):
    known = {"texts", "input_type", "truncate", "embedding_types", "images"}
    if model.startswith("cohere.embed-v4"):
        known |= {"output_dimension", "max_tokens"}
    for name in body.keys() - known:
        yield f"extraneous key [{name}] is not permitted"
    texts = body.get("texts")
    if not isinstance(texts, list) or not 1 <= len(texts) <= 96 or not all(isinstance(t, str) and t for t in texts):
        yield "texts must be 1 to 96 texts"
    if body.get("input_type") not in COHERE_TYPES:
        yield f"input_type {body.get('input_type')!r} is not valid"
    if body.get("output_dimension", 256) not in (256, 512, 1024, 1536):
        yield f"output_dimension {body['output_dimension']} is not allowed"


def texts_of(body: dict[str, Any]) -> list[str]:
    return body["texts"] if "texts" in body else [body["inputText"]] if "inputText" in body else []


def answer(model: str, body: dict[str, Any]) -> tuple[dict[str, str], dict[str, Any]]:
    """Header fields and body; each text counts as many tokens as it has words."""
    if images.makes(model):
        return {}, images.answer(model, body)
    texts = texts_of(body)
    tokens = sum(len(text.split()) for text in texts)
    headers = {"X-Amzn-Bedrock-Input-Token-Count": str(tokens)}
    if model.startswith("cohere.embed"):
        size = body.get("output_dimension", 1536 if model.startswith("cohere.embed-v4") else 1024)
        vectors = [vector_of(text, size) for text in texts]
        if "embedding_types" in body:
            return headers, {"id": "1", "response_type": "embeddings_by_type", "embeddings": {"float": vectors}}
        return headers, {"id": "1", "response_type": "embeddings_floats", "embeddings": vectors, "texts": texts}
    default = 1536 if model.startswith("amazon.titan-embed-text-v1") else 1024
    size = body.get("dimensions") or body.get("embeddingConfig", {}).get("outputEmbeddingLength") or default
    return {}, {"embedding": vector_of(texts[0], size), "inputTextTokenCount": tokens}
