"""Images through the openai client: each provider, the price of each image, and what is refused."""

from __future__ import annotations

import base64
import itertools
import json

import httpx
import openai
import pytest

from harness.waiting import until

NOVA = "amazon.nova-canvas-v1:0"
STABILITY = "stability.stable-image-core-v1:1"
PNG = b"\x89PNG\r\n\x1a\n"
numbers = itertools.count(1)


@pytest.fixture
def draw(provider, make_caller):
    """`draw(model)`: a caller of a Bedrock model of that id, at 4 cents an image."""

    def make(model: str, **options):
        script = provider.script(name=f"{model}.{next(numbers)}", **options)
        return make_caller(script, model={"price_in": 0, "price_out": 0, "price_image": 0.04})

    return make


@pytest.mark.parametrize("model, calls", [(NOVA, 2), ("amazon.titan-image-generator-v2:0", 2), (STABILITY, 7)])
def test_images_of_bedrock_come_as_the_client_expects_and_are_paid_by_the_piece(draw, model, calls):
    caller = draw(model)
    answer = caller.openai.images.generate(model=caller.model, prompt="a cat", n=7, response_format="b64_json")
    assert [base64.b64decode(image.b64_json)[:8] for image in answer.data] == [PNG] * 7
    assert answer.created > 1_700_000_000 and all(image.url is None for image in answer.data)
    assert len(caller.script.calls(brief=True)) == calls
    record = caller.detail()
    assert (record["fee"], record["images"], record["price_image"]) == (0.28, 7, 0.04)
    assert record["prompt"] == "a cat" and record["completion"] == "" and record["status"] == "ok"
    caller.assert_released()


def test_size_and_quality_reach_the_model(draw):
    caller = draw(NOVA)
    caller.openai.images.generate(model=caller.model, prompt="a cat", size="1536x1024", quality="high")
    config = caller.script.call.json["imageGenerationConfig"]
    assert (config["width"], config["height"], config["quality"]) == (1536, 1024, "premium")


def test_an_openai_compatible_provider_gets_the_request_and_its_answer_is_passed_on(provider, make_caller):
    caller = make_caller(provider.script(), "openai", model={"price_in": 5, "price_out": 40, "price_image": 0.01})
    answer = caller.openai.images.generate(model=caller.model, prompt="a cat", n=2, background="transparent")
    assert [image.url for image in answer.data] == ["https://images.example/0.png", "https://images.example/1.png"]
    assert answer.usage.output_tokens == 200
    call = caller.script.call
    assert call.json == {"model": caller.script.model, "prompt": "a cat", "n": 2, "background": "transparent"}
    assert call.target.endswith("/v1/images/generations")
    record = caller.detail()
    assert (record["tokens_in"], record["tokens_out"], record["images"]) == (10, 200, 2)
    assert record["fee"] == pytest.approx(0.02 + 10 * 5e-6 + 200 * 40e-6, abs=1e-12)


def test_what_the_filter_takes_away_costs_nothing(draw):
    blocked = {"images": [], "error": "This request has been blocked by our content filters."}
    refusal = {"status": 200, "headers": {"Content-Type": "application/json"}, "body": json.dumps(blocked)}
    caller = draw(NOVA, refuse=refusal)
    with pytest.raises(openai.BadRequestError) as caught:
        caller.openai.images.generate(model=caller.model, prompt="a cat")
    assert caught.value.code == "content_policy_violation"
    record = caller.detail()
    assert (record["status"], record["fee"], record["images"]) == ("error", 0, 0)
    caller.assert_released()


def test_a_client_that_leaves_pays_what_it_asked_for_by_an_estimate(draw):
    caller = draw(NOVA, delay=30)
    body = {"model": caller.model, "prompt": "a cat", "n": 6}
    with pytest.raises(httpx.ReadTimeout):
        httpx.post(f"{caller.instance.url}/v1/images/generations", headers=caller.headers, json=body, timeout=1)
    until(lambda: all(call.ended == "left" for call in caller.script.calls(brief=True)), "the calls were aborted")
    assert len(caller.script.calls(brief=True)) == 2
    record = caller.detail()
    assert (record["status"], record["estimated"], record["images"], record["fee"]) == ("cancelled", True, 6, 0.24)
    caller.assert_released()


def test_a_quota_is_held_for_all_the_images(provider, make_caller):
    script = provider.script(name=f"{NOVA}.{next(numbers)}")
    caller = make_caller(
        script, model={"price_in": 0, "price_image": 0.04}, key={"month_quota": 0.1, "strict": True}
    )
    with pytest.raises(openai.RateLimitError):
        caller.openai.images.generate(model=caller.model, prompt="a cat", n=3)
    assert script.calls() == []
    caller.openai.images.generate(model=caller.model, prompt="a cat", n=2)
    assert caller.thread()["fee"] == 0.08


@pytest.mark.parametrize(
    "members, param",
    [
        ({"response_format": "url"}, "response_format"),
        ({"size": "1000x1000"}, "size"),
        ({"n": 11}, "n"),
        ({"prompt": ""}, "prompt"),
        ({"prompt": "a" * 1025}, "prompt"),
        ({"quality": "best"}, "quality"),
    ],
)
def test_what_cannot_be_used_is_named(draw, members, param):
    caller = draw(NOVA)
    body = {"model": caller.model, "prompt": "a cat", **members}
    answer = httpx.post(f"{caller.instance.url}/v1/images/generations", headers=caller.headers, json=body)
    assert answer.status_code == 400 and answer.json()["error"]["param"] == param, answer.text
    assert caller.script.calls() == []


def test_a_model_that_makes_no_images_says_so(provider, make_caller):
    caller = make_caller(provider.script())
    with pytest.raises(openai.BadRequestError) as caught:
        caller.openai.images.generate(model=caller.model, prompt="a cat")
    assert caught.value.param == "model" and caller.script.calls() == []
