"""What nginx answers by itself has the same shapes."""

from __future__ import annotations

import json
import signal

import pytest

from harness import processes
from harness.waiting import until


def openai_error(body: bytes) -> dict:
    error = json.loads(body)["error"]
    assert set(error) >= {"message", "type", "param", "code"}
    assert error["message"] and error["code"]
    return error


def test_without_a_worker_the_answer_is_a_502_in_json_in_each_dialect(make_instance):
    instance = make_instance(workers=1)
    # multiwatch first, which would start the worker again; both by their numbers.
    workers = instance.workers()
    multiwatch = instance.multiwatch()
    multiwatch.send(signal.SIGKILL)
    for worker in workers:
        worker.send(signal.SIGKILL)
    processes.end([multiwatch.pid, *(worker.pid for worker in workers)])
    for method, path in (("POST", "/v1/chat/completions"), ("GET", "/v1/models")):
        with instance.connect() as connection:
            connection.send(method, path, {"x-api-key": instance.admin_key}, b"{}" if method == "POST" else b"")
            head = connection.head()
            body = connection.body()
        assert head.status == 502
        assert head.headers["content-type"].startswith("application/json")
        assert head.headers["x-request-id"]
        assert openai_error(body)["type"] == "server_error"
    with instance.connect() as connection:
        connection.send("GET", "/admin/api-key/list", {"x-api-key": instance.admin_key})
        assert connection.head().status == 502
        envelope = json.loads(connection.body())
    assert envelope["success"] is False and envelope["data"] and envelope["error"]["code"]


def test_a_request_that_nginx_cannot_read_is_a_400_in_json(instance):
    with instance.connect() as connection:
        connection.socket.sendall(b"POST /v1/chat/completions HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}")  # No Host.
        head = connection.head()
        assert head.status == 400
        assert openai_error(connection.body())["type"] == "invalid_request_error"


def test_header_fields_that_are_too_long_are_a_400_in_json(instance):
    with instance.connect() as connection:
        connection.send("GET", "/v1/models", {"x-api-key": instance.admin_key, "X-Long": "x" * 200_000})
        head = connection.head()
        assert head.status in (400, 431)
        assert openai_error(connection.body())["type"] == "invalid_request_error"


@pytest.mark.parametrize(
    ("path", "is_envelope"),
    [("/v1/models", False), ("/healthz", False), ("/admin/audit/list", True), ("/user/model/list?limit=1", True)],
)
def test_what_nginx_refuses_has_the_shape_of_its_surface_and_says_why(instance, path, is_envelope):
    answers = []
    for method, target in (("TRACE", path), ("GET", f"{path}{'&' if '?' in path else '?'}q={'x' * 20_000}")):
        with instance.connect() as connection:
            connection.send(method, target, {"x-api-key": instance.admin_key})
            answers.append((connection.head(), json.loads(connection.body())))
    (refused, method_error), (too_long, address_error) = answers
    assert (refused.status, refused.headers["allow"]) == (405, "GET, HEAD, POST")
    assert (method_error["error"]["code"], too_long.status) == ("method_not_allowed", 414)
    assert address_error["error"]["code"] == "uri_too_long"
    assert all(("success" in error) is is_envelope for error in (method_error, address_error))


@pytest.mark.parametrize("number", [1, 5])
def test_many_requests_from_one_address_are_not_limited(instance, number):
    """Hosts sit behind one NAT or one proxy: limits belong to keys, not to addresses."""
    for _ in range(100 * number):
        with instance.connect() as connection:
            connection.send("GET", "/v1/models", {"x-api-key": instance.admin_key, "Connection": "close"})
            assert connection.head().status == 200


def test_the_access_log_is_json_lines_without_keys(instance):
    with instance.connect() as connection:
        connection.send("GET", "/v1/models?probe=access-log", {"x-api-key": instance.admin_key})
        request_id = connection.head().headers["x-request-id"]

    def lines() -> list[dict]:
        logs = [path for path in instance.folder.rglob("*access*.log")]
        return [json.loads(line) for path in logs for line in path.read_text().splitlines() if request_id in line]

    (entry,) = until(lines, "the request stands in the access log with its id")
    assert 200 in entry.values() or "200" in entry.values()
    assert instance.admin_key not in json.dumps(entry)
