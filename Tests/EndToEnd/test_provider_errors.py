"""Trouble at the provider: before the first byte a status, after it an error event; always a true record."""

from __future__ import annotations

import base64

import httpx
import openai as sdk
import pytest

from acceptance import Line, covers
from harness.caller import Caller
from harness.instance import free_port
from harness.raw import Broken
from scripted import bedrock, openai

streamed_or_not = pytest.mark.parametrize("stream", [False, True])
USAGE = {"inputTokens": 11, "outputTokens": 7}
SECRETIVE = "scripted trouble at arn:aws:bedrock:us-west-2:123456789012:inference-profile/secret-profile"

#: conformance 5.10: what Bedrock says, and the status, type and code that the client must see (None: any).
BEDROCK = [
    ("ValidationException", {400}, "invalid_request_error", None),
    ("AccessDeniedException", {500, 502}, "server_error", "upstream_auth"),
    ("UnrecognizedClientException", {500, 502}, "server_error", "upstream_auth"),
    ("ExpiredTokenException", {500, 502}, "server_error", "upstream_auth"),
    ("ResourceNotFoundException", {404}, "invalid_request_error", "model_not_found"),
    ("ThrottlingException", {429}, "rate_limit_error", "rate_limit_exceeded"),
    ("ModelNotReadyException", {429}, "rate_limit_error", "rate_limit_exceeded"),
    ("ServiceQuotaExceededException", {429}, "rate_limit_error", "rate_limit_exceeded"),
    ("ModelTimeoutException", {408, 504}, None, None),
    ("ModelErrorException", {502}, "server_error", None),
    ("ModelStreamErrorException", {502}, "server_error", None),
    ("InternalServerException", {500}, "server_error", None),
    ("ServiceUnavailableException", {503}, "server_error", None),
]


def refused(caller: Caller, **members) -> tuple[int, dict, httpx.Response]:
    """Status and error object of a call that the openai client raises an error for."""
    with pytest.raises(sdk.APIStatusError) as raised:
        caller.ask(**members)
    answer = raised.value.response
    error = answer.json()["error"]
    assert set(error) >= {"message", "type", "param", "code"}, error
    assert error["message"] and answer.headers["x-request-id"]
    assert answer.headers["content-type"].startswith("application/json")
    return raised.value.status_code, error, answer


@covers(Line.ERROR_BEFORE)
@streamed_or_not
@pytest.mark.parametrize(("kind", "statuses", "error_type", "code"), BEDROCK, ids=[row[0] for row in BEDROCK])
def test_each_refusal_by_bedrock_becomes_its_status_and_an_openai_error(
    provider, make_caller, kind, statuses, error_type, code, stream
):
    caller = make_caller(provider.script(refuse=bedrock.refusal(kind, SECRETIVE)))
    status, error, answer = refused(caller, stream=stream)
    assert status in statuses
    assert error_type in (None, error["type"])
    assert code in (None, error["code"])
    assert "123456789012" not in answer.text and "arn:" not in answer.text
    thread = caller.thread()
    assert (thread["status"], thread["error_code"]) == ("error", error["code"])
    assert (thread["fee"], thread["tokens_out"]) == (0, 0)
    caller.assert_released()


@covers(Line.ERROR_BEFORE)
@pytest.mark.parametrize(
    "variant", [{"suffix": ":http://internal.amazon.com/coral/com.amazon.bedrock/"}, {"member": "Message"}]
)
def test_the_kind_of_an_error_is_found_in_each_way_that_bedrock_writes_it(provider, make_caller, variant):
    caller = make_caller(provider.script(refuse=bedrock.refusal("ThrottlingException", "slow down", **variant)))
    status, error, _ = refused(caller)
    assert (status, error["code"]) == (429, "rate_limit_exceeded")


@covers(Line.ERROR_BEFORE)
def test_a_prompt_that_is_too_long_has_the_code_that_clients_know(provider, make_caller):
    refusal = bedrock.refusal("ValidationException", "Input is too long for requested model.")
    status, error, _ = refused(make_caller(provider.script(refuse=refusal)))
    assert (status, error["code"]) == (400, "context_length_exceeded")


@covers(Line.ERROR_BEFORE)
@streamed_or_not
@pytest.mark.parametrize(
    ("refusal", "statuses"),
    [
        (openai.refusal(400, "bad field", "invalid_request_error", "invalid_value"), {400}),
        (openai.refusal(401, "wrong key", "invalid_request_error", "invalid_api_key"), {500, 502}),
        (openai.refusal(404, "no model", "invalid_request_error", "model_not_found"), {404}),
        (openai.refusal(429, "slow down", "requests", "rate_limit_exceeded"), {429}),
        (openai.refusal(500, "trouble", "server_error"), {500, 502}),
        (openai.refusal(503, "overloaded", "server_error"), {503}),
    ],
    ids=["400", "401", "404", "429", "500", "503"],
)
def test_each_refusal_by_an_openai_provider_becomes_its_status(provider, make_caller, refusal, statuses, stream):
    caller = make_caller(provider.script(refuse=refusal), "openai")
    status, error, _ = refused(caller, stream=stream)
    assert status in statuses
    thread = caller.thread()
    assert (thread["status"], thread["fee"]) == ("error", 0)
    caller.assert_released()


HTML = {"status": 502, "headers": {"Content-Type": "text/html"}, "body": "<html><h1>502 Bad Gateway</h1></html>"}
EMPTY = {"status": 200, "headers": {"Content-Type": "application/json"}, "body": ""}
OBJECT = {"status": 200, "headers": {"Content-Type": "application/json"}, "body": "{}"}


@covers(Line.ERROR_BEFORE)
@streamed_or_not
@pytest.mark.parametrize("dialect", ["bedrock", "openai"])
@pytest.mark.parametrize("refusal", [HTML, EMPTY, OBJECT], ids=["HTML page", "200 with nothing", "200 with {}"])
def test_what_is_no_answer_at_all_becomes_a_502_in_json(provider, make_caller, refusal, dialect, stream):
    caller = make_caller(provider.script(refuse=refusal), dialect)
    status, error, _ = refused(caller, stream=stream)
    assert (status, error["type"]) == (502, "server_error")
    assert caller.thread()["status"] in ("error", "truncated")
    caller.assert_released()


@covers(Line.ERROR_BEFORE)
@pytest.mark.parametrize("kind", ["throttlingException", "modelStreamErrorException", "internalServerException"])
def test_an_exception_frame_before_any_event_is_still_a_status(provider, make_caller, kind):
    caller = make_caller(provider.script(["exception", kind, SECRETIVE]))
    status, error, answer = refused(caller, stream=True)
    expected = {"throttlingException": {429}, "modelStreamErrorException": {502}, "internalServerException": {500, 502}}
    assert status in expected[kind]
    assert "arn:" not in answer.text
    assert caller.thread()["status"] == "error"
    caller.assert_released()


@covers(Line.ERROR_BEFORE)
@pytest.mark.parametrize("part", ["prelude", "message"])
def test_a_first_frame_with_a_wrong_checksum_is_a_502(provider, make_caller, part):
    script = provider.script(["text", "x"], ["finish", "end_turn"], corrupt=[0, part])
    status, error, _ = refused(make_caller(script), stream=True)
    assert (status, error["type"]) == (502, "server_error")


@covers(Line.ERROR_BEFORE)
@streamed_or_not
@pytest.mark.parametrize("how", ["fin", "rst"])
def test_a_connection_that_is_cut_before_the_answer_is_a_502(provider, make_caller, how, stream):
    caller = make_caller(provider.script(["cut", how]))
    status, _, _ = refused(caller, stream=stream)
    assert status == 502
    assert caller.thread()["status"] in ("error", "truncated")
    caller.assert_released()


@covers(Line.ERROR_BEFORE)
@streamed_or_not
@pytest.mark.parametrize("dialect", ["bedrock", "openai"])
def test_a_provider_that_does_not_listen_is_a_502(provider, make_caller, dialect, stream):
    member = {"bedrock": "endpoint", "openai": "baseURL"}[dialect]
    caller = make_caller(provider.script(), dialect, config={member: f"http://127.0.0.1:{free_port()}/v1"})
    status, error, _ = refused(caller, stream=stream)
    assert status in (502, 503) and error["type"] == "server_error"
    assert caller.thread()["status"] == "error"
    caller.assert_released()


@covers(Line.ERROR_BEFORE)
@streamed_or_not
def test_a_provider_that_never_answers_is_a_504_after_the_model_s_own_limit(provider, make_caller, stream):
    caller = make_caller(provider.script(["hang"]), config={"timeouts": {"first_byte_ms": 1000}})
    status, error, _ = refused(caller, stream=stream)
    assert status == 504 and error["type"] in ("server_error", "timeout")
    assert caller.script.wait_for_end().ended == "left"
    assert caller.thread()["status"] == "error"
    caller.assert_released()


THREE = ["repeat", 3, [["text", "word "]]]

#: What follows three chunks, and how the thread is to be recorded.
AFTER_THREE = {
    "throttling": ([["exception", "throttlingException", SECRETIVE]], {"error"}),
    "model stream error": ([["exception", "modelStreamErrorException", SECRETIVE]], {"error"}),
    "internal server error": ([["exception", "internalServerException", SECRETIVE]], {"error"}),
    "error frame": ([["error", "InternalFailure", SECRETIVE]], {"error"}),
    "cut with FIN": ([["wait", "cut"], ["cut", "fin"]], {"truncated"}),
    "cut with RST": ([["wait", "cut"], ["cut", "rst"]], {"truncated", "error"}),
    "end without messageStop": ([], {"truncated"}),
    "half a frame": (
        [["raw", base64.b64encode(b"\0\0\1\0\0\0").decode()], ["wait", "cut"], ["cut", "fin"]],
        {"truncated"},
    ),
    "garbage": ([["raw", base64.b64encode(b"<html>" * 40).decode()]], {"error", "truncated"}),
}


@covers(Line.ERROR_AFTER)
@pytest.mark.parametrize("name", AFTER_THREE)
def test_trouble_after_three_chunks_is_an_error_event_without_done(provider, make_caller, name):
    steps, statuses = AFTER_THREE[name]
    caller = make_caller(provider.script(THREE, *steps))
    with caller.stream() as stream:
        events = [stream.event()]
        while "".join(event.text for event in events) != "word word word ":
            events.append(stream.event())
        caller.script.signal("cut")
        rest = stream.events()
    assert len(rest) == 1 and not rest[0].is_done, rest
    error = rest[0].json["error"]
    assert error["message"] and error["type"] and error["code"]
    assert "arn:" not in rest[0].data and "123456789012" not in rest[0].data
    assert_recorded(caller, statuses)


def assert_recorded(caller: Caller, statuses: set[str]) -> None:
    thread = caller.thread()
    assert thread["status"] in statuses
    assert thread["error_code"]
    assert thread["completion"] == "word word word "
    # Bedrock tells its counts at the end, which never came.
    assert thread["estimated"] is True
    assert thread["tokens_in"] > 0 and thread["tokens_out"] > 0
    assert caller.stored()["fee"] == thread["tokens_in"] * 3000 + thread["tokens_out"] * 15000
    caller.assert_released()


@covers(Line.ERROR_AFTER)
@pytest.mark.parametrize("ending", ["cut with FIN", "end without [DONE]", "error event"])
def test_trouble_in_an_openai_stream_after_three_chunks_is_an_error_event_without_done(provider, make_caller, ending):
    steps = {
        "cut with FIN": [["wait", "cut"], ["cut", "fin"]],
        "end without [DONE]": [],
        "error event": [["exception", "server_error", "scripted trouble"]],
    }[ending]
    caller = make_caller(provider.script(THREE, *steps, done=False), "openai")
    caller.script.signal("cut")
    with caller.stream() as stream:
        *before, last = stream.events()
    assert "".join(event.text for event in before) == "word word word "
    assert last.json["error"]["message"] and not last.is_done
    assert_recorded(caller, {"error"} if ending == "error event" else {"truncated"})


@covers(Line.ERROR_AFTER)
def test_a_stream_cut_after_its_usage_is_charged_by_that_usage(provider, make_caller):
    caller = make_caller(provider.script(THREE, ["usage", USAGE], ["exception", "internalServerException", "x"]))
    with caller.stream() as stream:
        events = stream.events()
    assert "error" in events[-1].json
    thread = caller.thread()
    assert (thread["tokens_in"], thread["tokens_out"], thread["estimated"]) == (11, 7, False)
    assert caller.stored()["fee"] == 11 * 3000 + 7 * 15000
    caller.assert_released()


@covers(Line.ERROR_AFTER)
def test_the_openai_client_raises_an_error_in_the_middle_of_the_stream(provider, make_caller):
    caller = make_caller(provider.script(THREE, ["exception", "throttlingException", "scripted trouble"]))
    text = ""
    with pytest.raises(sdk.APIError):
        for chunk in caller.openai.chat.completions.create(**caller.body(stream=True)):
            text += chunk.choices[0].delta.content or ""
    assert text == "word word word "


@covers(Line.ERROR_AFTER)
def test_a_provider_that_falls_silent_is_given_up_after_the_model_s_own_limit(provider, make_caller):
    caller = make_caller(provider.script(THREE, ["hang"]), config={"timeouts": {"idle_ms": 1000}})
    with caller.stream() as stream:
        events = stream.events()
    assert "error" in events[-1].json
    assert caller.script.wait_for_end().ended == "left"
    assert_recorded(caller, {"error", "truncated"})


@covers(Line.ERROR_AFTER)
def test_an_error_event_ends_the_answer_properly_and_the_connection_can_be_used_again(provider, make_caller):
    caller = make_caller(provider.script(THREE, ["exception", "throttlingException", "scripted trouble"]))
    with caller.instance.connect() as connection:
        for _ in range(3):
            caller.send(connection, stream=True)
            assert connection.head().status == 200
            try:
                assert "error" in connection.events()[-1].json
            except Broken as broken:
                pytest.fail(f"The answer has no proper end: {broken}")
