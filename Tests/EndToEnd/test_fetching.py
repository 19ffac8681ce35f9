"""Files that a request names by their URL: fetched for Bedrock behind guards, passed on where the provider fetches."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import anthropic
import httpx
import openai
import pytest

from harness.waiting import until

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
LARGEST = 5 * 1024 * 1024
ANSWER = (["text", "I see."], ["finish", "end_turn"], ["usage", {"inputTokens": 3, "outputTokens": 2}])


class Files:
    """A host of files on loopback that remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.left = threading.Event()
        files = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                files.asked.append((self.path, dict(self.headers)))
                try:
                    files.answer(self)
                except (BrokenPipeError, ConnectionResetError):
                    files.left.set()

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self._server.server_port
        self.url = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def answer(self, to: BaseHTTPRequestHandler) -> None:
        bodies = {
            "/a.png": ("text/html", PNG),
            "/paper": ("application/pdf", PDF),
            "/notes": ("text/markdown; charset=utf-8", "# Notizen für später".encode()),
            "/page": ("image/png", b"<html>"),
            "/large": ("image/png", PNG + bytes(LARGEST)),
            "/big.png": ("image/png", PNG + bytes(2_000_000)),
        }
        path = to.path.partition("?")[0]
        if path == "/silent":
            to.connection.settimeout(15)
            if to.connection.recv(1) == b"":
                self.left.set()
            return
        if path.startswith("/to/"):
            to.send_response(302)
            to.send_header("Location", base64.urlsafe_b64decode(path[4:]).decode())
            to.send_header("Content-Length", "0")
            to.end_headers()
            return
        kind, body = bodies.get(path, ("text/plain", b"nothing here"))
        to.send_response(200 if path in bodies else 404)
        to.send_header("Content-Type", kind)
        to.send_header("Content-Length", str(len(body)))
        to.end_headers()
        to.wfile.write(body)

    def to(self, location: str) -> str:
        """A URL that leads on to another."""
        return f"{self.url}/to/{base64.urlsafe_b64encode(location.encode()).decode()}"

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture(scope="module")
def all_files() -> Iterator[Files]:
    files = Files()
    yield files
    files.stop()


@pytest.fixture
def files(all_files) -> Files:
    all_files.asked.clear()
    all_files.left.clear()
    return all_files


@pytest.fixture(scope="module")
def fetching(shared_maker, all_files):
    """An instance that may fetch from 127.0.0.1 at the port of the files, and from no other address of loopback."""
    return shared_maker(
        workers=1, BROOK_FETCH_NETWORKS="127.0.0.1/32", BROOK_FETCH_PORTS=f"80,443,{all_files.port}"
    )


def ask(*parts):
    return [{"role": "user", "content": [{"type": "text", "text": "What is this?"}, *parts]}]


def image(url):
    return {"type": "image_url", "image_url": {"url": url}}


def source(kind, url):
    return {"type": kind, "source": {"type": "url", "url": url}}


def count(instance, outcome):
    text = httpx.get(f"{instance.url}/metrics").text
    return int(re.search(rf"(?m)^brook_fetches_{outcome}_total (\d+)$", text).group(1))


def sent(script):
    """What the provider was given beside the text."""
    return [block for block in script.call.json["messages"][0]["content"] if "text" not in block]


def bytes_of(block):
    (kind,) = block
    return kind, block[kind]["format"], base64.b64decode(block[kind]["source"]["bytes"])


@pytest.mark.parametrize("stream", [False, True])
def test_an_openai_client_names_an_image_and_bedrock_gets_its_bytes(provider, make_caller, fetching, files, stream):
    script = provider.script(*ANSWER)
    caller = make_caller(script, instance=fetching)
    before = count(fetching, "ok")
    url = f"{files.url}/a.png?signature=secret-in-the-url"
    caller.ask(messages=ask(image(url), image(files.to("/a.png")), image(url)), stream=stream)
    assert [bytes_of(block) for block in sent(script)] == [("image", "png", PNG)] * 3
    assert sorted(path.partition("?")[0][:4] for path, _ in files.asked) == ["/a.p", "/a.p", "/to/"]
    for _, headers in files.asked:
        assert headers.keys() <= {"Host", "Accept", "User-Agent"}
        assert caller.key not in str(headers)
    assert count(fetching, "ok") == before + 2
    prompt = json.loads(caller.stored()["whole_prompt"])
    assert prompt[0]["content"][1] == {
        "type": "image",
        "media_type": "image/png",
        "bytes": len(PNG),
        "sha256": hashlib.sha256(PNG).hexdigest(),
    }
    assert "secret-in-the-url" not in caller.stored()["whole_prompt"] + fetching.logs(last=10_000)
    caller.assert_released()


def test_an_anthropic_client_names_an_image_and_documents_and_bedrock_gets_their_bytes(
    provider, make_caller, fetching, files
):
    script = provider.script(*ANSWER)
    caller = make_caller(script, instance=fetching)
    parts = [
        source("image", f"{files.url}/a.png"),
        source("document", f"{files.url}/paper"),
        source("document", f"{files.url}/notes"),
    ]
    assert caller.message(messages=ask(*parts)).content[0].text == "I see."
    assert [bytes_of(block) for block in sent(script)] == [
        ("image", "png", PNG),
        ("document", "pdf", PDF),
        ("document", "md", "# Notizen für später".encode()),
    ]


def test_a_client_of_responses_names_an_image_and_bedrock_gets_its_bytes(provider, make_caller, fetching, files):
    script = provider.script(*ANSWER)
    caller = make_caller(script, instance=fetching)
    content = [
        {"type": "input_text", "text": "What is this?"},
        {"type": "input_image", "image_url": f"{files.url}/a.png", "detail": "auto"},
        {"type": "input_file", "file_url": f"{files.url}/paper"},
    ]
    caller.openai.responses.create(model=caller.model, input=[{"role": "user", "content": content}])
    assert [bytes_of(block)[0] for block in sent(script)] == ["image", "document"]
    content[1]["image_url"] = f"{files.url}/nothing"
    with pytest.raises(openai.BadRequestError) as refused:
        caller.openai.responses.create(model=caller.model, input=[{"role": "user", "content": content}])
    assert refused.value.param == "input[0].content[1].image_url"


def test_a_large_image_arrives_whole(provider, make_caller, fetching, files):
    script = provider.script(*ANSWER)
    caller = make_caller(script, instance=fetching)
    caller.ask(messages=ask(image(f"{files.url}/big.png")))
    whole = PNG + bytes(2_000_000)
    # In base64; the scripted provider checks it, and keeps only smaller bodies.
    assert script.call.size > len(whole) * 4 / 3
    part = json.loads(caller.stored()["whole_prompt"])[0]["content"][1]
    assert (part["bytes"], part["sha256"]) == (len(whole), hashlib.sha256(whole).hexdigest())


@pytest.mark.parametrize("kind", ["openai", "anthropic"])
def test_a_provider_that_fetches_itself_gets_the_url(provider, make_caller, fetching, files, kind):
    script = provider.script(*ANSWER)
    caller = make_caller(script, kind, instance=fetching)
    url = f"{files.url}/a.png"
    if kind == "openai":
        caller.ask(messages=ask(image(url)))
        assert script.call.json["messages"][0]["content"][1]["image_url"]["url"] == url
    else:
        caller.message(messages=ask(source("image", url)))
        assert script.call.json["messages"][0]["content"][1]["source"] == {"type": "url", "url": url}
    assert files.asked == []


def refusal(caller, url):
    with pytest.raises(openai.BadRequestError) as refused:
        caller.ask(messages=ask(image(url)))
    assert refused.value.code == "url_not_fetched"
    assert refused.value.param == "messages[0].content[1].image_url.url"
    return refused.value.body["message"]


def test_all_addresses_that_are_not_allowed_and_all_that_do_not_answer_read_alike(
    provider, make_caller, fetching, files
):
    script = provider.script(*ANSWER)
    caller = make_caller(script, instance=fetching)
    port = files.port
    urls = [
        f"http://127.0.0.2:{port}/a.png",
        f"http://localhost.:{port + 1}/a.png",
        f"http://[::1]:{port}/a.png",
        f"http://[::ffff:127.0.0.1]:{port}/a.png",
        f"http://127.0.0.1:{fetching.port}/healthz",
        "http://169.254.169.254/latest/meta-data/",
        "http://0x7f000002/",
        "http://10.0.0.1/",
        f"http://user:pass@127.0.0.1:{port}/a.png",
        files.to("http://169.254.169.254/latest/meta-data/"),
        files.to(f"http://127.0.0.2:{port}/a.png"),
        files.to("file:///etc/passwd"),
        f"{files.url}/nothing",
        "http://no-such-host.invalid/a.png",
    ]
    messages = {refusal(caller, url) for url in urls}
    assert len(messages) == 1, messages
    assert [path[:4] for path, _ in files.asked] == ["/to/", "/to/", "/to/", "/not"]
    assert script.calls() == []
    assert count(fetching, "refused") >= 11
    caller.assert_released()


def test_what_is_too_large_or_no_image_says_so(provider, make_caller, fetching, files):
    caller = make_caller(provider.script(*ANSWER), instance=fetching)
    assert "5 MiB" in refusal(caller, f"{files.url}/large")
    assert "no PNG, JPEG, GIF or WebP" in refusal(caller, f"{files.url}/page")


def test_an_anthropic_client_is_told_in_its_dialect(provider, make_caller, fetching, files):
    caller = make_caller(provider.script(*ANSWER), instance=fetching)
    with pytest.raises(anthropic.BadRequestError) as refused:
        caller.message(system="s", messages=ask(source("image", "http://10.0.0.1/")))
    assert refused.value.body["type"] == "error"
    assert refused.value.body["error"]["type"] == "invalid_request_error"
    assert refused.value.body["error"]["message"].startswith("messages[0].content[1].source.url could not be fetched")


def test_nobody_without_key_right_or_quota_has_anything_fetched(provider, make_caller, fetching, files):
    script = provider.script(*ANSWER)
    caller = make_caller(script, instance=fetching)
    stranger = make_caller(provider.script(*ANSWER), instance=fetching)
    poor = make_caller(provider.script(*ANSWER), instance=fetching, key={"month_quota": 0})
    messages = ask(image(f"{files.url}/a.png"))
    with pytest.raises(openai.AuthenticationError):
        openai.OpenAI(base_url=f"{fetching.url}/v1", api_key="br-wrong", max_retries=0).chat.completions.create(
            model=caller.model, messages=messages
        )
    with pytest.raises(openai.PermissionDeniedError):
        stranger.ask(messages=messages, model=caller.model)
    with pytest.raises(openai.RateLimitError):
        poor.ask(messages=messages)
    assert files.asked == []


def test_a_client_that_leaves_ends_the_fetch(provider, make_caller, fetching, files):
    script = provider.script(*ANSWER)
    caller = make_caller(script, instance=fetching)
    connection = fetching.connect()
    caller.send(connection, stream=True, messages=ask(image(f"{files.url}/silent")))
    until(lambda: files.asked, "the file was asked for")
    connection.close()
    assert files.left.wait(3), "the connection to the files' host stayed open"
    assert caller.thread()["status"] == "cancelled"
    assert caller.stored()["fee"] == 0
    caller.assert_released()


def test_fetching_can_be_switched_off(provider, make_instance, make_caller, files):
    instance = make_instance(
        workers=1, BROOK_FETCH_URLS="false", BROOK_FETCH_NETWORKS="127.0.0.1/32", BROOK_FETCH_PORTS=str(files.port)
    )
    caller = make_caller(provider.script(*ANSWER), instance=instance)
    assert "fetches none" in refusal(caller, f"{files.url}/a.png")
    assert files.asked == []


def test_loopback_is_not_fetched_from_without_a_setting(provider, make_caller, files):
    caller = make_caller(provider.script(*ANSWER))
    assert "could not be fetched" in refusal(caller, f"{files.url}/a.png")
    assert files.asked == []
