"""The page as a whole: how it is served, signing in and out, languages, themes, the keyboard."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from playwright.sync_api import expect

from harness.instance import REPOSITORY

PAGE = REPOSITORY / "nginx/manager"
ROOMS = ("Dashboard", "Keys", "Groups", "Models", "Playground", "Sessions", "Calls", "Payments", "Webhooks", "Audit")
#: What a first visit may load, not compressed.
MOST_BYTES = 100_000


def test_nginx_serves_the_page_with_a_strict_policy_and_asks_browsers_to_check_for_newer_files(instance):
    first = httpx.get(f"{instance.url}/manager/")
    assert first.status_code == 200 and first.headers["content-type"] == "text/html; charset=utf-8"
    policy = dict(part.strip().split(" ", 1) for part in first.headers["content-security-policy"].split(";"))
    assert policy["default-src"] == "'none'" and policy["frame-ancestors"] == "'none'"
    assert all("unsafe" not in value and "*" not in value for value in policy.values())
    for path, kind in (
        ("app/main.js", "text/javascript"),
        ("styles/base.css", "text/css"),
        ("icon.svg", "image/svg+xml"),
    ):
        answer = httpx.get(f"{instance.url}/manager/{path}")
        assert answer.status_code == 200 and answer.headers["content-type"].startswith(kind), path
        assert answer.headers["cache-control"] == "no-cache"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "content-security-policy" in answer.headers
        again = httpx.get(f"{instance.url}/manager/{path}", headers={"If-None-Match": answer.headers["etag"]})
        assert again.status_code == 304
    for path in ("/manager", "/"):
        moved = httpx.get(f"{instance.url}{path}")
        assert moved.status_code in (302, 308) and moved.headers["location"] == "/manager/"
    for path in ("nothing.js", "..%2f..%2fadmin.key", "../admin.key", "styles/"):
        assert httpx.get(f"{instance.url}/manager/{path}").status_code in (400, 403, 404), path
    assert f"{instance.url}/manager/" in instance.printed


def test_a_first_visit_loads_little(visit):
    loaded: dict[str, int] = {}
    visit.page.on(
        "response",
        lambda answer: loaded.update({answer.url: len(answer.body())}) if "/manager/" in answer.url else None,
    )
    visit.sign_in()
    assert len(loaded) > 20 and sum(loaded.values()) < MOST_BYTES, sum(loaded.values())


def test_no_script_of_the_page_writes_markup_or_styles_into_it():
    forbidden = re.compile(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|\.style\b|parseFloat"
    )
    for path in PAGE.rglob("*.js"):
        assert not forbidden.search(path.read_text()), path
    markup = (PAGE / "index.html").read_text()
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\bstyle=|\bon\w+=|https?://", markup)


def test_every_text_of_the_page_has_its_chinese():
    chinese = (PAGE / "languages/zh.js").read_text()
    known = {key.replace("\\'", "'") for key in re.findall(r"^  '((?:[^'\\]|\\.)*)':", chinese, re.MULTILINE)}
    texts = set()
    for path in PAGE.rglob("*.js"):
        texts |= set(re.findall(r"\bt\(\s*'((?:[^'\\]|\\.)*)'", path.read_text()))
        # Chinese has no plural: it takes the text for many.
        texts |= set(re.findall(r"\bcounted\([^']*'[^']*',\s*'((?:[^'\\]|\\.)*)'", path.read_text()))
    texts |= set(re.findall(r"label: '(\w+)'", (PAGE / "app/rooms.js").read_text()))
    assert len(texts) > 250
    assert not {text.replace("\\'", "'") for text in texts} - known
    for key, value in re.findall(r"^  '((?:[^'\\]|\\.)*)': '((?:[^'\\]|\\.)*)',$", chinese, re.MULTILINE):
        assert sorted(re.findall(r"\{\w+\}", key)) == sorted(re.findall(r"\{\w+\}", value)), key


def test_an_administrator_signs_in_goes_through_all_rooms_and_signs_out(visit):
    page = visit.sign_in()
    links = page.get_by_role("navigation").get_by_role("link")
    assert links.all_inner_texts() == list(ROOMS)
    for name in ROOMS:
        page.get_by_role("navigation").get_by_role("link", name=name, exact=True).click()
        expect(page.get_by_role("heading", level=1, name=name)).to_be_visible()
        expect(page).to_have_title(f"{name} · Brook")
        visit.settled()
    assert page.evaluate("sessionStorage.length") == 1
    assert visit.instance.admin_key not in page.evaluate("JSON.stringify(localStorage) + document.cookie")
    page.reload()
    expect(page.get_by_role("heading", level=1, name="Audit")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert page.evaluate("sessionStorage.length") == 0


def test_a_wrong_key_is_told_at_its_field_and_stays_typed(visit):
    visit.expected_statuses = {401}
    page = visit.open()
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_label("Key")).to_have_attribute("aria-invalid", "true")
    page.get_by_label("Key").fill("br-wrong")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Incorrect API key.")
    expect(page.get_by_label("Key")).to_have_value("br-wrong")
    assert page.evaluate("sessionStorage.length") == 0


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"disabled": True}, "disabled"),
        ({"expires_at": (datetime.now(UTC) - timedelta(minutes=1)).isoformat()}, "expired"),
        ("reset-key", "revoked or replaced"),
        ("delete", "revoked or replaced"),
    ],
)
def test_a_key_that_ends_leads_back_to_the_sign_in_with_the_reason(visit, change, reason):
    visit.expected_statuses = {401}
    admin = visit.instance.admin
    key = admin.create_key()
    page = visit.sign_in(key["api_key"])
    if isinstance(change, dict):
        admin.post("/admin/api-key/update", id=key["id"], **change)
    else:
        admin.post(f"/admin/api-key/{change}", id=key["id"])
    page.get_by_role("link", name="Models", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text(reason)
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert page.evaluate("sessionStorage.length") == 0


def test_a_user_has_the_rooms_of_a_user_and_no_others(visit):
    key = visit.instance.admin.create_key()
    page = visit.sign_in(key["api_key"])
    names = page.get_by_role("navigation").get_by_role("link").all_inner_texts()
    assert names == ["Dashboard", "Models", "Playground", "Sessions", "Calls"]
    for room in ("keys", "audit", "models/1"):
        visit.go(room)
        expect(page.get_by_role("heading", level=1)).to_have_text("There is no such page")


def test_the_page_speaks_the_browser_s_language_until_another_is_chosen(make_visit):
    page = make_visit(locale="zh-CN").open()
    expect(page.get_by_role("heading", level=1)).to_have_text("登录")
    assert page.evaluate("document.documentElement.lang") == "zh-CN"
    page.get_by_label("语言").select_option("en")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")


def test_the_theme_follows_the_system_until_it_is_switched(make_visit):
    paper = "getComputedStyle(document.body).backgroundColor"
    light, dark = make_visit(color_scheme="light"), make_visit(color_scheme="dark")
    seen = [each.open().evaluate(paper) for each in (light, dark)]
    assert seen[0] != seen[1]
    dark.page.get_by_role("button", name="Light").click()
    assert dark.page.evaluate(paper) == seen[0]
    dark.page.reload()
    assert dark.page.evaluate(paper) == seen[0]


def test_everything_can_be_reached_without_a_mouse_and_the_focus_is_seen(visit):
    page = visit.sign_in()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    names = []
    for _ in range(12):
        page.keyboard.press("Tab")
        names.append(page.evaluate("document.activeElement.textContent"))
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid", names
    assert [name for name in names if name in ROOMS] == list(ROOMS)
    page.get_by_role("link", name="Keys", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1, name="Keys")).to_be_focused()
    page.get_by_role("button", name="Create a key").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Name")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("button", name="Create a key")).to_be_focused()


@pytest.mark.parametrize(("scheme", "width"), [("light", 1440), ("light", 390), ("dark", 1440), ("dark", 390)])
def test_every_room_fits_and_passes_axe(make_visit, make_caller, make_bot, provider, scheme, width):
    bot = make_bot(apiKey="br-nobody")
    bot.ask()
    caller = make_caller(provider.script(["text", "hello"], ["finish", "end_turn"]))
    caller.openai.with_options(default_headers={"Session-Id": "axe"}).chat.completions.create(**caller.body())
    thread = caller.thread()
    visit = make_visit(color_scheme=scheme, viewport={"width": width, "height": 900})
    # What the theme and the width change is contrast; all else is the same.
    rules = () if (scheme, width) == ("light", 1440) else ("color-contrast", "target-size")
    visit.open()
    visit.check_accessibility(*rules)
    visit.sign_in()
    rooms = [name.lower() for name in ROOMS] + [
        f"keys/{caller.key_id}",
        "groups/1",
        f"models/{caller.model_row['id']}",
        "models/new",
        f"threads/{thread['id']}",
        f"sessions/{thread['session_id']}",
        f"webhooks/{bot.row['id']}",
    ]
    for room in ("threads" if name == "calls" else name for name in rooms):
        page = visit.go(room)
        visit.check_accessibility(*rules)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{room} is wider than the screen"
