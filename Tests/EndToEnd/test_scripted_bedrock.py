"""The scripted Bedrock, checked with boto3: what AWS's own client understands is what Bedrock sends."""

from __future__ import annotations

import base64
import json

import boto3
import httpx
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.eventstream import ChecksumMismatch
from botocore.exceptions import ClientError, EventStreamError, ReadTimeoutError

from scripted import bedrock, signature

ASK = [{"role": "user", "content": [{"text": "ping"}]}]
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def client(provider, *, secret: str = signature.SECRET_KEY, token: str | None = None, **config):
    return boto3.client(
        "bedrock-runtime",
        endpoint_url=provider.bedrock_url,
        region_name=signature.REGION,
        aws_access_key_id=signature.ACCESS_KEY,
        aws_secret_access_key=secret,
        aws_session_token=token,
        config=Config(retries={"total_max_attempts": 1}, read_timeout=5, **config),
    )


@pytest.fixture
def bedrock_client(provider):
    with_close = client(provider)
    yield with_close
    with_close.close()


def events(answer) -> list[dict]:
    return list(answer["stream"])


def text_of(found: list[dict]) -> str:
    return "".join(e["contentBlockDelta"]["delta"].get("text", "") for e in found if "contentBlockDelta" in e)


def test_a_stream_is_read_by_boto3_event_by_event(provider, bedrock_client):
    script = provider.script(
        ["reasoning", "let me"],
        ["signature", "c2ln"],
        ["text", "He"],
        ["text", "llo ☃"],
        ["tool", "tooluse_1", "weather", ['{"city":', '"Oslo"}']],
        ["finish", "tool_use"],
        ["usage", {"inputTokens": 3, "outputTokens": 4, "cacheReadInputTokens": 10, "cacheWriteInputTokens": 20}],
    )
    answer = bedrock_client.converse_stream(modelId=script.model, messages=ASK)
    found = events(answer)
    assert [next(iter(e)) for e in found] == [
        "messageStart",
        *["contentBlockDelta"] * 2,
        "contentBlockStop",
        *["contentBlockDelta"] * 2,
        "contentBlockStop",
        "contentBlockStart",
        *["contentBlockDelta"] * 2,
        "contentBlockStop",
        "messageStop",
        "metadata",
    ]
    assert text_of(found) == "Hello ☃"
    assert found[1]["contentBlockDelta"]["delta"]["reasoningContent"] == {"text": "let me"}
    assert found[7]["contentBlockStart"] == {
        "contentBlockIndex": 2,
        "start": {"toolUse": {"toolUseId": "tooluse_1", "name": "weather"}},
    }
    assert found[-1]["metadata"]["usage"]["totalTokens"] == 37
    assert script.wait_for_end().ended == "complete"


@pytest.mark.parametrize("write", [{"size": 1}, {"size": 7}, {"seed": 1}, {"seed": 2}])
def test_a_stream_in_pieces_of_any_size_is_the_same_stream(provider, bedrock_client, write):
    script = provider.script(
        ["repeat", 5, [["text", "part {i} ☃ "]]],
        ["finish", "end_turn"],
        ["usage", {"inputTokens": 1, "outputTokens": 5}],
        write=write,
    )
    found = events(bedrock_client.converse_stream(modelId=script.model, messages=ASK))
    assert text_of(found) == "".join(f"part {i} ☃ " for i in range(5))


def test_a_whole_answer_is_read_by_boto3(provider, bedrock_client):
    script = provider.script(
        ["reasoning", "hm"],
        ["text", "Hel"],
        ["text", "lo"],
        ["tool", "tooluse_1", "weather", ['{"city":"Oslo"}']],
        ["finish", "tool_use"],
        ["usage", {"inputTokens": 3, "outputTokens": 4}],
    )
    answer = bedrock_client.converse(modelId=script.model, messages=ASK)
    assert answer["output"]["message"]["content"] == [
        {"reasoningContent": {"reasoningText": {"text": "hm"}}},
        {"text": "Hello"},
        {"toolUse": {"toolUseId": "tooluse_1", "name": "weather", "input": {"city": "Oslo"}}},
    ]
    assert answer["stopReason"] == "tool_use"
    assert answer["usage"] == {"inputTokens": 3, "outputTokens": 4, "totalTokens": 7}


@pytest.mark.parametrize(
    "model",
    [
        "anthropic.claude-sonnet-4-5-20250929-v1:0",
        "arn:aws:bedrock:us-west-2:123456789012:inference-profile/us.anthropic.claude-sonnet-4-5-20250929-v1:0",
    ],
)
@pytest.mark.parametrize("token", [None, signature.SESSION_TOKEN])
def test_boto3_s_signature_is_found_right_for_ids_with_colons_and_slashes(provider, model, token):
    provider.script(["text", "ok"], ["finish", "end_turn"], name=model)
    aws = client(provider, token=token)
    assert text_of(events(aws.converse_stream(modelId=model, messages=ASK))) == "ok"
    seen = provider.calls(model)[-1]
    assert seen.faults == []
    assert ("x-amz-security-token" in seen.headers) == (token is not None)
    aws.close()


@pytest.mark.faults("the secret is wrong")
def test_a_signature_by_another_secret_is_refused(provider):
    aws = client(provider, secret="not the secret")
    with pytest.raises(ClientError) as refused:
        aws.converse(modelId="script.any", messages=ASK)
    assert refused.value.response["Error"]["Code"] == "UnrecognizedClientException"
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403
    aws.close()


@pytest.mark.faults("each of these breaks a rule of the service")
@pytest.mark.parametrize(
    ("members", "fault"),
    [
        ({"messages": [*ASK, *ASK]}, "alternate"),
        ({"messages": [{"role": "assistant", "content": [{"text": "hi"}]}]}, "start with a user"),
        ({"messages": [{"role": "user", "content": [{"text": " "}]}]}, "blank text"),
        ({"messages": [{"role": "robot", "content": [{"text": "hi"}]}]}, "'robot' is none of"),
        ({"messages": ASK, "surprise": 1}, "surprise"),
        ({"messages": ASK, "inferenceConfig": {"temperature": 1.5}}, "above 1"),
        ({"messages": ASK, "inferenceConfig": {"maxTokens": "9"}}, "maxTokens"),
        (
            {
                "messages": [
                    {"role": "user", "content": [{"image": {"format": "png", "source": {"bytes": "no base64"}}}]}
                ]
            },
            "not base64",
        ),
        (
            {
                "messages": [
                    *ASK,
                    {"role": "assistant", "content": [{"toolUse": {"toolUseId": "a", "name": "f", "input": {}}}]},
                    *ASK,
                ]
            },
            "do not answer",
        ),
    ],
)
def test_a_request_that_the_service_would_refuse_is_refused_with_the_reason(provider, members, fault):
    """boto3 would not send these: they go out signed by its signer, but not checked by it."""

    url = f"{provider.bedrock_url}/model/script.faulty/converse"
    request = AWSRequest("POST", url, {"Content-Type": "application/json"}, json.dumps(members).encode())
    SigV4Auth(Credentials(signature.ACCESS_KEY, signature.SECRET_KEY), "bedrock", signature.REGION).add_auth(request)
    answer = httpx.post(url, content=request.body, headers=dict(request.headers))
    assert answer.status_code == 400
    assert answer.headers["x-amzn-errortype"] == "ValidationException"
    assert fault in answer.json()["message"]


def test_images_tools_and_system_texts_pass_as_boto3_sends_them(provider, bedrock_client):
    script = provider.script(["text", "ok"], ["finish", "end_turn"])
    bedrock_client.converse(
        modelId=script.model,
        system=[{"text": "Be brief."}],
        inferenceConfig={"temperature": 0.0, "maxTokens": 10, "stopSequences": ["x"]},
        toolConfig={"tools": [{"toolSpec": {"name": "f", "inputSchema": {"json": {"type": "object"}}}}]},
        messages=[
            {"role": "user", "content": [{"text": "see"}, {"image": {"format": "png", "source": {"bytes": PNG}}}]},
            {"role": "assistant", "content": [{"toolUse": {"toolUseId": "a", "name": "f", "input": {}}}]},
            {"role": "user", "content": [{"toolResult": {"toolUseId": "a", "content": [{"text": "1"}]}}]},
        ],
    )
    assert script.call.faults == []
    assert script.call.json["system"] == [{"text": "Be brief."}]


@pytest.mark.parametrize("kind", sorted(bedrock.STATUSES))
def test_each_error_before_the_stream_is_the_one_that_boto3_knows(provider, bedrock_client, kind):
    script = provider.script(refuse=bedrock.refusal(kind, "scripted trouble"))
    with pytest.raises(ClientError) as refused:
        bedrock_client.converse_stream(modelId=script.model, messages=ASK)
    assert refused.value.response["Error"] == {"Message": "scripted trouble", "Code": kind}
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == bedrock.STATUSES[kind]


@pytest.mark.parametrize("kind", ["throttlingException", "modelStreamErrorException", "internalServerException"])
def test_an_exception_frame_ends_the_stream_with_that_exception(provider, bedrock_client, kind):
    script = provider.script(["repeat", 3, [["text", "x"]]], ["exception", kind, "scripted trouble"])
    stream = bedrock_client.converse_stream(modelId=script.model, messages=ASK)["stream"]
    found = []
    with pytest.raises(EventStreamError) as raised:
        for item in stream:
            found.append(item)
    assert text_of(found) == "xxx"
    assert raised.value.response["Error"]["Code"] == kind


@pytest.mark.parametrize("part", ["prelude", "message"])
def test_a_wrong_checksum_is_seen_as_such(provider, bedrock_client, part):
    script = provider.script(["text", "a"], ["text", "b"], ["finish", "end_turn"], corrupt=[2, part])
    with pytest.raises(ChecksumMismatch):
        events(bedrock_client.converse_stream(modelId=script.model, messages=ASK))


@pytest.mark.parametrize("how", ["fin", "rst"])
def test_a_cut_connection_is_recorded_as_cut(provider, bedrock_client, how):
    script = provider.script(["repeat", 3, [["text", "x"]]], ["wait", "cut"], ["cut", how])
    stream = iter(bedrock_client.converse_stream(modelId=script.model, messages=ASK)["stream"])
    found = [next(stream) for _ in range(4)]
    script.signal("cut")
    assert text_of(found) == "xxx"
    with pytest.raises(Exception) as raised:  # Whichever of urllib3's errors; a clean end would raise StopIteration.
        next(stream)
    assert raised.type is not StopIteration
    assert script.wait_for_end().ended == "cut"


def test_a_signal_holds_the_stream_until_it_is_sent(provider, bedrock_client):
    script = provider.script(["text", "one"], ["wait", "go"], ["text", "two"], ["finish", "end_turn"])
    stream = iter(bedrock_client.converse_stream(modelId=script.model, messages=ASK)["stream"])
    assert "messageStart" in next(stream) and text_of([next(stream)]) == "one"
    script.wait_until_waiting("go")
    assert script.call.sent_count == 2
    script.signal("go")
    assert text_of(list(stream)) == "two"


def test_a_caller_that_leaves_is_recorded_with_the_time(provider, bedrock_client):
    script = provider.script(["text", "one"], ["hang"])
    answer = bedrock_client.converse_stream(modelId=script.model, messages=ASK)
    next(iter(answer["stream"]))
    answer["stream"].close()
    seen = script.wait_for_end()
    assert seen.ended == "left" and seen.connection_closed is not None


def test_a_provider_that_never_answers_runs_into_the_caller_s_limit(provider):
    script = provider.script(["hang"])
    aws = boto3.client(
        "bedrock-runtime",
        endpoint_url=provider.bedrock_url,
        region_name=signature.REGION,
        aws_access_key_id=signature.ACCESS_KEY,
        aws_secret_access_key=signature.SECRET_KEY,
        config=Config(retries={"total_max_attempts": 1}, read_timeout=0.3),
    )
    with pytest.raises(ReadTimeoutError):
        aws.converse_stream(modelId=script.model, messages=ASK)
    aws.close()
