"""Nothing that was typed is lost: not when the language changes, and not when the key ends in the middle of a form."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

SIGNED_OUT = "You were signed out before this was done. Try again."


def again(visit, key: str) -> None:
    visit.page.get_by_label("Key", exact=False).first.fill(key)
    visit.page.get_by_role("button", name="Sign in").click()
    expect(visit.page.locator(".shell")).to_be_attached()


def test_a_half_typed_model_survives_another_language_and_can_be_added_in_it(visit):
    admin = visit.instance.admin
    name = admin.unique("zweisprachig")
    fallback = admin.create_model("echo", {})["name"]
    page = visit.sign_in(room="models/new")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Provider").select_option("openai-compatible")
    page.get_by_label("baseURL").fill("http://127.0.0.1:9/v1")
    page.get_by_label("Takes images").check()
    page.get_by_label("Price of input").fill("0.25")
    page.get_by_role("combobox", name="Fallbacks").select_option(fallback)
    page.get_by_role("button", name="Add", exact=True).click()
    page.get_by_text("More settings").click()
    page.get_by_label("timeouts").fill('{"total_ms": 1234}')
    page.get_by_label("Language").select_option("zh")
    expect(page.get_by_role("heading", level=1)).to_have_text("添加模型")
    expect(page.get_by_label("语言")).to_be_focused()
    expect(page.get_by_label("timeouts")).to_be_visible()
    page.get_by_role("button", name="添加此模型").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    (made,) = admin.get("/admin/model/list", q=name)["items"]
    assert (made["provider"], made["multiple"], made["price_in"]) == ("openai-compatible", True, 0.25)
    assert made["config"] == {
        "baseURL": "http://127.0.0.1:9/v1",
        "fallbacks": [fallback],
        "timeouts": {"total_ms": 1234},
    }


def test_the_playground_keeps_its_conversation_in_another_language_and_after_a_look_at_a_record(
    visit, make_caller, provider
):
    caller = make_caller(provider.script(["text", "the first answer"], ["finish", "end_turn"]))
    page = visit.sign_in(caller.key, room="playground")
    page.get_by_label("Temperature").fill("0.5")
    page.get_by_label("Your message").fill("the first question")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("link", name="record")).to_be_visible()
    page.get_by_label("Your message").fill("half a question")
    page.get_by_label("Language").select_option("zh")
    expect(page.get_by_label("您的消息")).to_have_value("half a question")
    expect(page.locator(".conversation")).to_contain_text("the first answer")
    page.get_by_label("语言").select_option("en")
    page.get_by_role("link", name="record").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Call")
    page.go_back()
    expect(page.get_by_label("Your message")).to_have_value("half a question")
    expect(page.get_by_label("Temperature")).to_have_value("0.5")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("link", name="record")).to_have_count(2)
    newest = visit.instance.admin.threads(caller.key_id)[0]
    sent = visit.instance.admin.get(f"/admin/thread/detail/{newest['id']}")["whole_prompt"]
    assert [message["role"] for message in sent] == ["user", "assistant", "user"]
    page.get_by_role("button", name="Sign out").click()
    again(visit, visit.instance.admin_key)
    visit.go("playground")
    expect(page.locator(".conversation")).not_to_contain_text("the first answer")


def test_a_key_typed_at_the_sign_in_survives_another_language(visit):
    page = visit.open()
    page.get_by_label("Key").fill("br-half")
    page.get_by_label("Language").select_option("zh")
    expect(page.get_by_label("密钥")).to_have_value("br-half")


@pytest.mark.parametrize("successor", ["the same key", "another administrator"])
def test_a_dialog_outlives_the_key_it_was_opened_with(visit, successor):
    visit.expected_statuses = {401}
    admin = visit.instance.admin
    mine = admin.create_key(role="admin")
    name = admin.unique("half typed")
    page = visit.sign_in(mine["api_key"], room="keys")
    page.get_by_role("button", name="Create a key").click()
    entry = page.get_by_role("dialog", name="Create a key")
    entry.get_by_label("Name").fill(name)
    entry.get_by_label("Quota a month, in dollars").fill("7.25")
    past = (datetime.now(UTC) - timedelta(minutes=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    admin.post("/admin/api-key/update", id=mine["id"], expires_at=past)
    entry.get_by_role("button", name="Create", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("The key has expired.")
    assert page.get_by_role("dialog").count() == 0
    assert mine["name"] not in page.content() and visit.instance.admin_key not in page.content()
    assert admin.get("/admin/api-key/list", name=name)["total"] == 0

    if successor == "the same key":
        admin.post("/admin/api-key/update", id=mine["id"], expires_at=None)
        again(visit, mine["api_key"])
    else:
        again(visit, visit.instance.admin_key)
    expect(entry).to_be_visible()
    expect(entry.get_by_text(SIGNED_OUT)).to_be_visible()
    expect(entry.get_by_label("Quota a month, in dollars")).to_have_value("7.25")
    entry.get_by_role("button", name="Create", exact=True).click()
    page.get_by_role("dialog", name=f"The key of {name}").get_by_role("button", name="Done").click()
    (made,) = admin.get("/admin/api-key/list", name=name)["items"]
    assert made["month_quota"] == 7.25
    assert page.evaluate("document.activeElement.textContent") == "Create a key"


def test_a_form_of_a_room_outlives_its_key_and_a_table_is_filled_when_its_reader_is_back(visit):
    visit.expected_statuses = {401}
    admin = visit.instance.admin
    mine = admin.create_key(role="admin")
    model = admin.create_model("echo", {})
    page = visit.sign_in(mine["api_key"], room=f"models/{model['id']}")
    page.get_by_label("Price of output").fill("0.125")
    admin.post("/admin/api-key/update", id=mine["id"], disabled=True)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("The key was disabled.")
    admin.post("/admin/api-key/update", id=mine["id"], disabled=False)
    again(visit, mine["api_key"])
    expect(page.get_by_label("Price of output")).to_have_value("0.125")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved. It holds from the next call on.", exact=True)).to_be_visible()
    assert admin.get(f"/admin/model/detail/{model['id']}")["price_out"] == 0.125

    visit.go("keys")
    admin.post("/admin/api-key/update", id=mine["id"], disabled=True)
    page.get_by_label("Search").fill(mine["name"])
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    admin.post("/admin/api-key/update", id=mine["id"], disabled=False)
    again(visit, mine["api_key"])
    expect(page.get_by_role("link", name=mine["name"], exact=True)).to_be_visible()
    expect(page.get_by_label("Search")).to_have_value(mine["name"])
    expect(page.get_by_role("alert")).to_have_count(0)


def test_another_user_sees_nothing_of_who_was_there_before(visit):
    visit.expected_statuses = {401}
    admin = visit.instance.admin
    model = admin.create_model("echo", {})
    first, second = admin.create_key(), admin.create_key()
    for key in (first, second):
        admin.bind(key["id"], model["id"])
    page = visit.sign_in(first["api_key"], room="playground")
    page.get_by_label("Your message").fill("nobody else's business")
    admin.post("/admin/api-key/delete", id=first["id"])
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("alert")).to_contain_text("revoked or replaced")
    again(visit, second["api_key"])
    expect(page.get_by_label("Your message")).to_have_value("")
    assert "nobody else" not in page.content()


def test_escape_never_discards_what_was_typed_and_cancel_does(visit):
    page = visit.sign_in(room="groups")
    page.get_by_role("button", name="Add a group").first.click()
    entry = page.get_by_role("dialog")
    entry.get_by_label("Short name").fill("typed")
    for _ in range(3):
        page.keyboard.press("Escape")
    expect(entry.get_by_label("Short name")).to_have_value("typed")
    expect(entry.get_by_role("status")).to_contain_text("“Cancel” discards it.")
    entry.get_by_role("button", name="Cancel").click()
    expect(entry).to_have_count(0)
    expect(page.get_by_role("button", name="Add a group").first).to_be_focused()
