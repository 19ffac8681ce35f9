"""The files for a host's own nginx: the TLS site, and the snippet for a server block that exists already."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import expect

from harness import processes
from harness.instance import REPOSITORY, free_port, install
from harness.waiting import until

HELLO = (["text", "one"], ["wait", "go"], ["text", "two"], ["finish", "end_turn"])
FRAME = """
daemon off;
{user}
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 512; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    fastcgi_temp_path {folder}/fastcgi;
    proxy_temp_path {folder}/proxy;
    scgi_temp_path {folder}/scgi;
    uwsgi_temp_path {folder}/uwsgi;
    {content}
}}
"""
EXISTING = """
include brook/http.conf;
server {{
    listen 127.0.0.1:{port};
    root {folder}/www;
    error_page 404 /missing.html;
    location ~ \\.php$ {{ return 418; }}
    include brook/server.conf;
}}
"""


@pytest.fixture
def host(instance, tmp_path) -> Iterator[Callable[[str], None]]:
    """Runs an nginx with this content of its http block, with the instance's snippets as /etc/nginx/brook."""

    started: list[subprocess.Popen[bytes]] = []
    (tmp_path / "brook").symlink_to(instance.folder / "nginx" / "brook")

    def start(content: str) -> None:
        config = tmp_path / "nginx.conf"
        user = "user root root;" if os.geteuid() == 0 else ""
        config.write_text(FRAME.format(folder=tmp_path, content=content, user=user))
        command = ["nginx", "-e", str(tmp_path / "error.log"), "-c", str(config)]
        tested = subprocess.run([*command, "-t"], capture_output=True, text=True, timeout=20)
        assert tested.returncode == 0, tested.stderr
        started.append(subprocess.Popen(command))

    yield start
    for process in started:
        children = [child.pid for child in processes.children(process.pid)]
        process.terminate()
        process.wait(10)
        processes.end(children)


def is_up(url: str) -> bool:
    try:
        return httpx.get(url, verify=False, timeout=2).status_code > 0
    except httpx.TransportError:
        return False


def test_the_tls_site_speaks_http2_redirects_plain_http_and_streams(provider, make_caller, host, tmp_path):
    plain, tls = free_port(), free_port()
    key, certificate = tmp_path / "key.pem", tmp_path / "cert.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=brook.test"]
        + ["-keyout", str(key), "-out", str(certificate)],
        check=True,
        capture_output=True,
        timeout=60,
    )
    site = (REPOSITORY / "nginx/brook.site.conf").read_text()
    for before, after in (
        ("listen [::]:80;", ""),
        ("listen [::]:443 ssl http2;", ""),
        ("listen 80;", f"listen 127.0.0.1:{plain};"),
        ("listen 443 ssl", f"listen 127.0.0.1:{tls} ssl"),
        ("/var/log/nginx/brook.access.log", str(tmp_path / "access.log")),
        ("@SERVER_NAME@", "brook.test"),
        ("@CERTIFICATE@", str(certificate)),
        ("@CERTIFICATE_KEY@", str(key)),
    ):
        assert before in site
        site = site.replace(before, after)
    host(site)
    until(lambda: is_up(f"https://127.0.0.1:{tls}/healthz"), "the site is up")

    redirected = httpx.get(f"http://127.0.0.1:{plain}/v1/models?x=1", headers={"Host": "brook.test"})
    assert redirected.status_code == 308
    assert redirected.headers["location"] == "https://brook.test/v1/models?x=1"
    log = tmp_path / "access.log"
    line = until(lambda: log.read_text() if "308" in log.read_text() else "", "the redirection is logged")
    assert json.loads(line.splitlines()[-1])["path"] == "/v1/models" and "x=1" not in line

    caller = make_caller(provider.script(*HELLO))
    curl = ["curl", "-sNki", "--http2", "--max-time", "20", f"https://127.0.0.1:{tls}/v1/chat/completions"]
    for name, value in caller.headers.items():
        curl += ["-H", f"{name}: {value}"]
    with subprocess.Popen([*curl, "-d", json.dumps(caller.body(stream=True))], stdout=subprocess.PIPE) as stream:
        seen = b""
        while b'"one"' not in seen:
            line = stream.stdout.readline()
            assert line, f"The stream ended early: {seen!r}"
            seen += line
        caller.script.wait_until_waiting("go")
        caller.script.signal("go")
        seen += stream.stdout.read()
    assert seen.startswith(b"HTTP/2 200")
    assert b'"two"' in seen and seen.rstrip().endswith(b"data: [DONE]")
    assert b"strict-transport-security" in seen.lower()

    page = httpx.get(f"https://127.0.0.1:{tls}/manager/", verify=False)
    assert page.status_code == 200 and "Brook" in page.text
    assert page.headers["strict-transport-security"] == "max-age=31536000"
    assert "default-src 'none'" in page.headers["content-security-policy"]

    missing = httpx.get(f"https://127.0.0.1:{tls}/somewhere", verify=False)
    assert missing.status_code == 404 and missing.json()["error"]["code"] == "unknown_route"
    large = httpx.post(f"https://127.0.0.1:{tls}/v1/chat/completions", content=b" " * 34_000_000, verify=False)
    assert large.status_code == 413 and large.json()["error"]["code"]


def test_the_snippet_leaves_the_rest_of_an_existing_server_block_alone(instance, host, tmp_path):
    www: Path = tmp_path / "www"
    www.mkdir()
    (www / "index.html").write_text("the site that was there before")
    (www / "missing.html").write_text("its own page for what is missing")
    port = free_port()
    host(EXISTING.format(port=port, folder=tmp_path))
    url = f"http://127.0.0.1:{port}"
    until(lambda: is_up(url), "the server is up")
    assert httpx.get(f"{url}/").text == "the site that was there before"
    missing = httpx.get(f"{url}/nowhere")
    assert (missing.status_code, missing.text) == (404, "its own page for what is missing")
    assert httpx.get(f"{url}/x.php").status_code == 418
    page = httpx.get(f"{url}/manager/app/main.js")
    assert page.status_code == 200 and page.headers["content-type"].startswith("text/javascript")
    assert "strict-transport-security" not in page.headers
    models = httpx.get(f"{url}/v1/models", headers={"x-api-key": instance.admin_key})
    assert models.status_code == 200 and models.json()["object"] == "list"
    # Not taken by the block's own location for *.php.
    unknown = httpx.get(f"{url}/v1/x.php", headers={"x-api-key": instance.admin_key})
    assert unknown.status_code == 404 and unknown.json()["error"]["type"] == "invalid_request_error"


def test_the_admin_page_works_under_the_prefix_that_the_snippet_was_installed_with(
    instance, host, make_visit, tmp_path
):
    tree = tmp_path / "tree"
    form = ("--snippet", "--prefix", "/brook", "--service", "systemd")
    installed = install(*form, "--no-build", "--destdir", str(tree))
    assert installed.returncode == 0, installed.stdout
    (tmp_path / "brook").unlink()
    shutil.copytree(tree / "etc/nginx/brook", tmp_path / "brook")
    # What differs from an installation: where the socket and the page are.
    (socket,) = re.findall(r"server unix:(\S+)", (instance.folder / "nginx/brook/upstream.conf").read_text())
    for name, before, after in (
        ("upstream.conf", "/run/brook/brook.sock", socket),
        ("page.conf", "/usr/local/share/brook/manager", str(REPOSITORY / "nginx/manager")),
    ):
        file = tmp_path / "brook" / name
        assert before in file.read_text()
        file.write_text(file.read_text().replace(before, after))
    (tmp_path / "www").mkdir()
    (tmp_path / "www/missing.html").write_text("its own page for what is missing")
    port = free_port()
    host(EXISTING.format(port=port, folder=tmp_path))
    origin = f"http://127.0.0.1:{port}"
    until(lambda: is_up(origin), "the server is up")
    assert httpx.get(f"{origin}/brook/manager").headers["location"] == "/brook/manager/"
    assert httpx.get(f"{origin}/manager/").status_code == 404

    # The visit fails at any request that is not beneath its address.
    visit = make_visit(url=f"{origin}/brook")
    admin = instance.admin
    name, bot = admin.unique("prefixed"), admin.unique("bot")
    page = visit.sign_in(room="keys")
    page.get_by_role("button", name="Create a key").click()
    page.get_by_label("Name").fill(name)
    page.get_by_role("button", name="Create", exact=True).click()
    shown = page.get_by_role("dialog", name=f"The key of {name}")
    key = shown.get_by_role("region", name="Key", exact=True).inner_text()
    assert httpx.get(f"{origin}/brook/v1/models", headers={"x-api-key": key}).status_code == 200
    for kind, address in (
        ("curl", f"{origin}/brook/v1/chat/completions"),
        ("Python", f"{origin}/brook/v1"),
        ("Claude Code", f"{origin}/brook"),
    ):
        shown.get_by_text(kind, exact=True).click()
        expect(shown.get_by_role("region", name=kind)).to_contain_text(address)
    shown.get_by_role("button", name="Done").click()
    assert admin.get("/admin/api-key/list", name=name)["total"] == 1

    config = {"appId": f"cli_{bot}", "appSecret": "s3cr3t-0123456789", "apiKey": key, "modelId": "demo"}
    admin.post("/admin/bot/feishu/save", name=bot, config=config)
    visit.go("webhooks")
    page.get_by_role("row").filter(has_text=bot).get_by_role("button", name="Callback").click()
    expect(page.get_by_role("region", name="Callback URL")).to_have_text(
        f"{origin}/brook/bot/feishu/{bot}/webhook/event"
    )
    page.get_by_role("button", name="Done").click()
    for room in ("dashboard", "models", "threads", "audit"):
        visit.go(room)
        assert page.get_by_role("alert").count() == 0
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("Audit")


def test_each_configuration_file_passes_nginx_s_own_check(instance):
    config = instance.folder / "nginx/nginx.conf"
    command = ["nginx", "-t", "-q", "-p", f"{instance.folder}/", "-c", str(config), "-e", "log/check.log"]
    tested = subprocess.run(command, capture_output=True, text=True, timeout=20)
    assert tested.returncode == 0 and "warn" not in tested.stderr, tested.stderr
