"""Dialogs go when they may: not while what they sent is under way, and not by chance with what is shown once."""

from __future__ import annotations

import httpx
from playwright.sync_api import Locator, Page, expect

from harness.browser import Held

WAIT = "It is being done. Wait until it has ended."
ONCE = "This is shown once. “Done” closes it."


def try_to_leave(page: Page, entry: Locator) -> None:
    """By Escape, with the focus where it is and with it nowhere, and by Back."""
    page.keyboard.press("Escape")
    entry.get_by_role("heading").first.click()
    for _ in range(3):
        page.keyboard.press("Escape")
    page.go_back()
    expect(page.get_by_role("heading", level=1, name="Dashboard", include_hidden=True)).to_be_attached()
    expect(entry).to_be_visible()


def works(visit, text: str) -> bool:
    return httpx.get(f"{visit.instance.url}/v1/models", headers={"x-api-key": text}).status_code == 200


def test_no_new_key_is_lost_by_leaving_while_it_is_made_or_shown(visit):
    name = visit.instance.admin.unique("kept")
    page = visit.sign_in()
    visit.go("keys")
    page.get_by_role("button", name="Create a key").click()
    entry = page.get_by_role("dialog", name="Create a key")
    entry.get_by_label("Name").fill(name)
    held = Held(page, "**/admin/api-key/apply")
    entry.get_by_role("button", name="Create", exact=True).click()
    made = held.take()
    for way in ("Cancel", "Close"):
        entry.get_by_role("button", name=way).click()
        expect(entry.get_by_role("status")).to_have_text(WAIT)
    try_to_leave(page, entry)
    made.continue_()

    shown = page.get_by_role("dialog", name=f"The key of {name}")
    text = shown.get_by_role("region", name="Key", exact=True).inner_text()
    page.go_forward()
    try_to_leave(page, shown)
    expect(shown.get_by_role("status")).to_have_text(ONCE)
    assert works(visit, text)
    shown.get_by_role("button", name="Done").click()
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_a_key_that_is_replaced_is_shown_whatever_is_pressed_meanwhile(visit):
    key = visit.instance.admin.create_key()
    page = visit.sign_in()
    visit.go(f"keys/{key['id']}")
    page.get_by_role("button", name="Replace the key").click()
    entry = page.get_by_role("dialog", name="Replace the key of")
    held = Held(page, "**/admin/api-key/reset-key")
    entry.get_by_role("button", name="Make a new key").click()
    made = held.take()
    try_to_leave(page, entry)
    made.continue_()
    shown = page.get_by_role("dialog", name="The new key of")
    assert works(visit, shown.get_by_role("region", name="Key", exact=True).inner_text())
    shown.get_by_role("button", name="Done").click()
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_a_recharge_that_fails_after_its_room_was_left_is_told_in_its_dialog(visit):
    visit.expected_statuses = {503}
    admin = visit.instance.admin
    key = admin.create_key()
    page = visit.sign_in()
    visit.go(f"keys/{key['id']}")
    page.get_by_role("button", name="Recharge").click()
    entry = page.get_by_role("dialog", name="Recharge")
    entry.get_by_label("Amount to add").fill("5")
    held = Held(page, "**/admin/api-key/recharge")
    entry.get_by_role("button", name="Recharge").click()
    sent = held.take()
    try_to_leave(page, entry)
    sent.fulfill(status=503, json={"success": False, "error": {"message": "Storage is busy."}})
    expect(entry.get_by_role("alert")).to_contain_text("Storage is busy.")
    expect(entry.get_by_text(WAIT)).to_be_hidden()
    entry.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert admin.key(key["id"])["balance"] == 0


def test_imported_keys_stay_until_done_and_typed_lines_until_cancel(visit):
    admin = visit.instance.admin
    name = admin.unique("＝imported")
    page = visit.sign_in()
    visit.go("keys")
    page.get_by_role("button", name="Import CSV").click()
    entry = page.get_by_role("dialog", name="Import keys")
    entry.get_by_label("Lines").fill(f"{name},,,5")
    for _ in range(3):
        page.keyboard.press("Escape")
    expect(entry.get_by_role("status")).to_contain_text("“Cancel” discards it.")
    expect(entry.get_by_label("Lines")).to_have_value(f"{name},,,5")
    entry.get_by_role("button", name="Create these keys").click()
    shown = page.get_by_role("dialog", name="The new keys")
    try_to_leave(page, shown)
    assert works(visit, shown.locator("code").inner_text())
    with page.expect_download() as kept:
        shown.get_by_role("button", name="Save as CSV").click()
    assert kept.value.path().read_text().splitlines()[1].startswith(f"'{name},"), "a spreadsheet takes it for a formula"
    shown.get_by_role("button", name="Done").click()
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_a_file_that_is_not_in_utf_8_is_refused_with_the_remedy(visit):
    admin = visit.instance.admin
    name = f"王{admin.unique('小明')}"
    page = visit.sign_in(room="keys")
    page.get_by_role("button", name="Import CSV").click()
    entry = page.get_by_role("dialog", name="Import keys")
    chosen = entry.get_by_label("CSV file")

    def choose(encoding: str) -> None:
        content = f"{name},,,5\n".encode(encoding)
        chosen.set_input_files({"name": "k.csv", "mimeType": "text/csv", "buffer": content})

    choose("gbk")
    expect(entry.get_by_text("k.csv is not in UTF-8.")).to_be_visible()
    expect(entry.get_by_label("Lines")).to_have_value("")
    choose("utf-8-sig")
    expect(entry.get_by_text("k.csv is not in UTF-8.")).to_have_count(0)
    expect(entry.get_by_role("cell", name=name)).to_be_visible()
    with page.expect_file_chooser():
        chosen.click()
    assert chosen.evaluate("node => node.value") == "", "the same file would not be read again"
