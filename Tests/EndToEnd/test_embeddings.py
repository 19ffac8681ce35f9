"""Embeddings through the openai client: every provider, every form of input, and what the ledger says of them."""

from __future__ import annotations

import itertools
import json

import httpx
import openai
import pytest

from harness.caller import Caller
from harness.waiting import until
from scripted.invoke import vector_of

TITAN_2 = "amazon.titan-embed-text-v2:0"
COHERE_3 = "cohere.embed-multilingual-v3"
numbers = itertools.count(1)


def own(model: str) -> str:
    """An id of the same family that no other test uses."""
    return f"{model}.{next(numbers)}"


@pytest.fixture
def embed(provider, make_caller):
    """`embed(model)`: a caller of a Bedrock model of that id, at 2 dollars for a million tokens."""

    def make(model: str, **options) -> Caller:
        return make_caller(provider.script(name=own(model), **options), model={"price_in": 2, "price_out": 0})

    return make


def vectors(answer) -> list[list[float]]:
    assert [row.index for row in answer.data] == list(range(len(answer.data)))
    return [row.embedding for row in answer.data]


@pytest.mark.parametrize(
    "model, size",
    [
        ("amazon.titan-embed-text-v1", 1536),
        (TITAN_2, 1024),
        ("amazon.titan-embed-image-v1", 1024),
        (COHERE_3, 1024),
        ("cohere.embed-v4:0", 1536),
    ],
)
def test_each_embedding_model_of_bedrock_answers_the_openai_client_in_order(embed, model, size):
    caller = embed(model)
    texts = [f"text number {index}" for index in range(20)]
    answer = caller.openai.embeddings.create(model=caller.model, input=texts)
    assert vectors(answer) == [vector_of(text, size) for text in texts]
    assert answer.object == "list" and answer.model == caller.model
    assert (answer.usage.prompt_tokens, answer.usage.total_tokens) == (60, 60)
    record = caller.detail()
    assert (record["tokens_in"], record["tokens_out"], record["fee"]) == (60, 0, 0.00012)
    assert record["status"] == "ok" and record["estimated"] is False and record["stream"] is False
    assert record["prompt"] == "text number 19" and record["completion"] == ""
    assert len(record["whole_prompt"]) == 20
    caller.assert_released()


def test_floats_and_base64_are_the_same_vector(embed):
    caller = embed(TITAN_2)
    made = caller.openai.embeddings.create(model=caller.model, input="a", dimensions=256)  # base64 on the wire
    plain = caller.openai.embeddings.create(model=caller.model, input="a", dimensions=256, encoding_format="float")
    assert vectors(made) == vectors(plain) == [vector_of("a", 256)]
    raw = caller.openai.embeddings.with_raw_response.create(
        model=caller.model, input="a", dimensions=256, encoding_format="base64"
    )
    assert isinstance(json.loads(raw.text)["data"][0]["embedding"], str)
    assert [call.json["dimensions"] for call in caller.script.calls()] == [256, 256, 256]


def test_texts_are_sent_in_batches_and_side_by_side_and_come_back_in_order(embed):
    texts = [f"t{index}" for index in range(200)]
    caller = embed(COHERE_3, delays={"t0": 0.4, "t100": 0.2})
    answer = caller.openai.embeddings.create(
        model=caller.model, input=texts, extra_body={"input_type": "search_query"}
    )
    assert vectors(answer) == [vector_of(text, 1024) for text in texts]
    calls = caller.script.calls()
    assert sorted(len(call.json["texts"]) for call in calls) == [8, 96, 96]
    assert {call.json["input_type"] for call in calls} == {"search_query"}
    # The slowest call was the first to begin and the last to end.
    slow = next(call for call in calls if call.json["texts"][0] == "t0")
    assert all(slow.ended_at >= call.ended_at for call in calls)


def test_at_most_eight_calls_run_at_a_time(embed):
    texts = [f"p{index}" for index in range(24)]
    caller = embed(TITAN_2, delay=0.1)
    answer = caller.openai.embeddings.create(model=caller.model, input=texts)
    assert vectors(answer) == [vector_of(text, 1024) for text in texts]
    calls = caller.script.calls()
    most = max(sum(o.arrived <= call.arrived < o.ended_at for o in calls) for call in calls)
    assert len(calls) == 24 and 1 < most <= 8


def test_a_failure_in_the_middle_is_an_error_and_what_was_used_is_paid(embed):
    refusal = {
        "status": 429,
        "headers": {"Content-Type": "application/json", "x-amzn-errortype": "ThrottlingException"},
        "body": json.dumps({"message": "Too many requests"}),
    }
    caller = embed(TITAN_2, refuse_text={"two words": refusal}, delays={"two words": 0.3})
    with pytest.raises(openai.RateLimitError):
        caller.openai.embeddings.create(model=caller.model, input=["one", "two words", "three"])
    record = caller.thread()
    assert (record["status"], record["error_code"]) == ("error", "rate_limit_exceeded")
    assert (record["tokens_in"], record["fee"]) == (2, 0.000004)
    caller.assert_released()


def test_a_client_that_leaves_ends_the_calls_under_way(embed):
    caller = embed(TITAN_2, delay=30)
    body = {"model": caller.model, "input": ["a", "b", "c"]}
    with pytest.raises(httpx.ReadTimeout):
        httpx.post(f"{caller.instance.url}/v1/embeddings", headers=caller.headers, json=body, timeout=1)
    until(lambda: all(call.ended == "left" for call in caller.script.calls(brief=True)), "the calls were aborted")
    assert len(caller.script.calls(brief=True)) == 3
    record = caller.thread()
    assert record["status"] == "cancelled" and record["estimated"] is True
    caller.assert_released()


def test_an_openai_compatible_provider_gets_the_request_and_its_answer_is_put_in_order(provider, make_caller):
    caller = make_caller(provider.script(), "openai", model={"price_in": 2})
    answer = caller.openai.embeddings.create(model=caller.model, input=["a b", "c"], dimensions=4, user="u")
    assert vectors(answer) == [vector_of("a b", 4), vector_of("c", 4)]
    assert answer.usage.prompt_tokens == 3 and answer.model == caller.model
    call = caller.script.call
    assert call.json == {
        "model": caller.script.model,
        "input": ["a b", "c"],
        "dimensions": 4,
        "user": "u",
        "encoding_format": "base64",
    }
    assert call.target.endswith("/v1/embeddings")
    assert caller.thread()["fee"] == 0.000006


def test_tokens_reach_a_provider_that_can_read_them_and_are_refused_by_others(provider, make_caller, embed):
    caller = make_caller(provider.script(), "openai")
    answer = caller.openai.embeddings.create(model=caller.model, input=[[1, 2], [3]], dimensions=4)
    assert vectors(answer) == [vector_of("1 2", 4), vector_of("3", 4)]
    assert caller.thread()["prompt"] == "[3]"
    with pytest.raises(openai.BadRequestError) as caught:
        other = embed(TITAN_2)
        other.openai.embeddings.create(model=other.model, input=[1, 2])
    assert caught.value.param == "input" and "Send texts" in caught.value.message


@pytest.mark.parametrize(
    "members, param",
    [
        ({"input": ""}, "input"),
        ({"input": []}, "input"),
        ({"input": ["a", ""]}, "input[1]"),
        ({"input": ["a", 7]}, "input[1]"),
        ({"input": [1, -1]}, "input[1]"),
        ({"input": ["a"] * 2049}, "input"),
        ({"input": "a", "encoding_format": "int8"}, "encoding_format"),
        ({"input": "a", "dimensions": 0}, "dimensions"),
        ({"input": "a", "dimensions": 300}, "dimensions"),
        ({}, "input"),
    ],
)
def test_what_cannot_be_used_is_named(embed, members, param):
    caller = embed(TITAN_2)
    answer = httpx.post(
        f"{caller.instance.url}/v1/embeddings", headers=caller.headers, json={"model": caller.model, **members}
    )
    assert answer.status_code == 400 and answer.json()["error"]["param"] == param, answer.text
    assert caller.script.calls() == []


def test_a_model_that_makes_no_embeddings_says_so_and_costs_nothing(provider, make_caller):
    caller = make_caller(provider.script())
    with pytest.raises(openai.BadRequestError) as caught:
        caller.openai.embeddings.create(model=caller.model, input="a")
    assert caught.value.param == "model"
    assert caller.script.calls() == []
    caller.assert_released()


def test_a_quota_is_held_and_limits_count(embed, provider, make_caller):
    caller = make_caller(
        provider.script(name=own(TITAN_2)), model={"price_in": 2}, key={"month_quota": 0.000001, "rpm": 2}
    )
    caller.openai.embeddings.create(model=caller.model, input="a b c")
    raw = httpx.post(
        f"{caller.instance.url}/v1/embeddings", headers=caller.headers, json={"model": caller.model, "input": "a"}
    )
    assert raw.status_code == 429 and raw.json()["error"]["code"] == "insufficient_quota"
    assert raw.headers["x-ratelimit-limit-requests"] == "2"
    assert caller.thread()["fee"] == 0.000006
