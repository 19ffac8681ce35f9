"""The room of keys: what is done there is done in the database."""

from __future__ import annotations

import json

import httpx
from playwright.sync_api import Page, expect

from harness.browser import fact, row

HOSTILE = "<img src=x onerror=alert(1)>"


def dialog(page: Page, name: str):
    return page.get_by_role("dialog", name=name)


def created(visit, name: str) -> dict:
    (found,) = visit.instance.admin.get("/admin/api-key/list", name=name)["items"]
    return visit.instance.admin.get(f"/admin/api-key/detail/{found['id']}")


def test_a_key_is_made_shown_once_and_works(visit):
    page = visit.sign_in(room="keys")
    name = visit.instance.admin.unique("made")
    page.get_by_role("button", name="Create a key").click()
    entry = dialog(page, "Create a key")
    expect(entry).not_to_contain_text("undefined")
    entry.get_by_label("Name").fill(name)
    entry.get_by_label("E-mail").fill("ada@example.org")
    entry.get_by_label("Quota a month, in dollars").fill("12.000000001")
    entry.get_by_label("Balance, in dollars").fill("3.5")
    entry.get_by_text("More settings").click()
    entry.get_by_label("Requests a minute").fill("60")
    entry.get_by_label("Expires").fill("2031-05-06T07:08")
    entry.get_by_label("Record texts").uncheck()
    entry.get_by_role("button", name="Create", exact=True).click()

    shown = dialog(page, f"The key of {name}")
    text = shown.get_by_role("region", name="Key", exact=True).inner_text()
    assert httpx.get(f"{visit.instance.url}/v1/models", headers={"x-api-key": text}).status_code == 200
    shown.get_by_role("button", name="Copy").first.click()
    assert page.evaluate("navigator.clipboard.readText()") == text
    for kind in ("curl", "Python", "Claude Code"):
        shown.get_by_text(kind, exact=True).click()
        snippet = shown.get_by_role("region", name=kind).inner_text()
        assert text in snippet and visit.instance.url in snippet
    shown.get_by_role("button", name="Done").click()
    expect(row(page, name)).to_be_visible()
    assert text not in page.content()

    key = created(visit, name)
    assert (key["email"], key["rpm"], key["record_text"]) == ("ada@example.org", 60, False)
    assert key["expires_at"] == "2031-05-06T07:08:00.000Z" and key["balance"] == 3.5
    quota = visit.instance.ledger.value("SELECT month_quota FROM api_keys WHERE id = ?", key["id"])
    assert quota == 12_000_000_001


def test_what_is_wrong_is_told_at_its_field_and_nothing_typed_is_lost(visit):
    visit.expected_statuses = {400, 422}
    page = visit.sign_in(room="keys")
    page.get_by_role("button", name="Create a key").click()
    entry = dialog(page, "Create a key")
    entry.get_by_label("Name").fill("kept as typed")
    entry.get_by_label("Quota a month, in dollars").fill("ten")
    entry.get_by_role("button", name="Create", exact=True).click()
    quota = entry.get_by_label("Quota a month, in dollars")
    expect(quota).to_be_focused()
    expect(quota).to_have_attribute("aria-invalid", "true")
    quota.fill("10")
    entry.get_by_label("E-mail").fill("no address")
    entry.get_by_role("button", name="Create", exact=True).click()
    expect(entry.get_by_label("E-mail")).to_have_attribute("aria-invalid", "true")
    expect(entry.get_by_text("'email' must be")).to_be_visible()
    expect(entry.get_by_label("Name")).to_have_value("kept as typed")
    page.keyboard.press("Escape")
    expect(entry).to_be_visible()
    assert visit.instance.admin.get("/admin/api-key/list", name="kept as typed")["total"] == 0


def test_the_server_searches_sorts_and_pages(visit):
    admin = visit.instance.admin
    stem = admin.unique("paged")
    for number in range(25):
        admin.create_key(name=f"{stem}-{number:02}")
    page = visit.sign_in(room="keys")
    page.get_by_label("Search").fill(stem)
    expect(page.get_by_text("1–20 of 25")).to_be_visible()
    page.get_by_role("button", name="Name").click()
    expect(page.get_by_role("row").nth(1)).to_contain_text(f"{stem}-24")
    expect(page.get_by_role("columnheader", name="Name")).to_have_attribute("aria-sort", "descending")
    page.get_by_role("button", name="Name").click()
    expect(page.get_by_role("row").nth(1)).to_contain_text(f"{stem}-00")
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_text("21–25 of 25")).to_be_visible()
    page.reload()
    expect(page.get_by_text("21–25 of 25")).to_be_visible()
    page.get_by_label("Search").fill("nobody is called so")
    expect(page.get_by_text("Nothing matches.")).to_be_visible()
    page.get_by_role("button", name="Clear filters").click()
    expect(page.get_by_label("Search")).to_have_value("")
    expect(page.get_by_role("row").nth(1)).to_be_visible()


def test_a_list_that_fails_says_so_and_can_be_tried_again(visit):
    visit.expected_statuses = {503}
    key = visit.instance.admin.create_key()
    page = visit.sign_in()
    answer = {"success": False, "error": {"message": "Storage is busy.", "code": "storage_unavailable"}}
    page.route("**/admin/api-key/list?*limit=20*", lambda call: call.fulfill(status=503, json=answer))
    visit.go("keys")
    expect(page.get_by_role("alert")).to_contain_text("Storage is busy.")
    page.unroute("**/admin/api-key/list?*limit=20*")
    page.get_by_role("button", name="Try again").click()
    expect(row(page, key["name"])).to_be_visible()


def test_a_key_is_changed_field_by_field(visit):
    admin = visit.instance.admin
    key = admin.create_key(email="old@example.org", rpm=7)
    page = visit.sign_in(room=f"keys/{key['id']}")
    page.get_by_role("button", name="Edit").click()
    entry = dialog(page, f"Edit {key['name']}")
    entry.get_by_label("Name").fill(HOSTILE)
    entry.get_by_label("Quota a month, in dollars").fill("")
    entry.get_by_label("Group").select_option("")
    with page.expect_request("**/admin/api-key/update") as sent:
        entry.get_by_role("button", name="Save").click()
    assert json.loads(sent.value.post_data) == {
        "id": key["id"],
        "name": HOSTILE,
        "month_quota": None,
        **({"group_id": None} if key["group_id"] else {}),
    }
    expect(page.get_by_role("heading", level=1)).to_have_text(HOSTILE)
    now = admin.key(key["id"])
    assert (now["name"], now["month_quota"], now["email"], now["rpm"]) == (HOSTILE, None, "old@example.org", 7)
    visit.go("keys")
    expect(page.get_by_text(HOSTILE).first).to_be_visible()
    assert page.locator("main img").count() == 0


def test_a_recharge_is_in_the_history_to_the_nano_dollar(visit):
    admin = visit.instance.admin
    key = admin.create_key()
    page = visit.sign_in(room=f"keys/{key['id']}")
    for amount, note in (("20.000000001", "invoice 17"), ("-5", "a mistake")):
        page.get_by_role("button", name="Recharge").click()
        entry = dialog(page, f"Recharge {key['name']}")
        entry.get_by_label("Amount to add, in dollars").fill(amount)
        entry.get_by_label("Note").fill(note)
        entry.get_by_role("button", name="Recharge").click()
        expect(row(page, note)).to_be_visible()
    expect(row(page, "a mistake")).to_contain_text("−$5.00")
    expect(row(page, "a mistake")).to_contain_text("$15.000000001")
    payments = admin.get("/admin/payment/list", key_id=key["id"])["items"]
    assert [(row["amount"], row["note"]) for row in payments] == [(-5, "a mistake"), (20.000000001, "invoice 17")]
    visit.go("payments")
    expect(page.get_by_role("row").filter(has_text="invoice 17").filter(has_text=key["name"])).to_be_visible()


def test_a_key_is_replaced_with_an_overlap(visit):
    admin = visit.instance.admin
    key = admin.create_key()
    page = visit.sign_in(room=f"keys/{key['id']}")
    page.get_by_role("button", name="Replace the key").click()
    entry = dialog(page, f"Replace the key of {key['name']}")
    entry.get_by_label("The old key works for another").select_option("3600")
    entry.get_by_role("button", name="Make a new key").click()
    shown = dialog(page, f"The new key of {key['name']}")
    fresh = shown.get_by_role("region", name="Key", exact=True).inner_text()
    assert fresh != key["api_key"]
    for text in (fresh, key["api_key"]):
        assert httpx.get(f"{visit.instance.url}/v1/models", headers={"x-api-key": text}).status_code == 200
    expect(shown.get_by_text("The old key works until")).to_be_visible()


def test_a_key_is_disabled_enabled_and_deleted_only_when_asked_twice(visit):
    admin = visit.instance.admin
    key = admin.create_key(name=admin.unique("short lived"))
    page = visit.sign_in(room=f"keys/{key['id']}")
    page.get_by_role("button", name="Disable").click()
    dialog(page, "Disable").get_by_role("button", name="Cancel").click()
    assert admin.key(key["id"])["disabled"] is False
    page.get_by_role("button", name="Disable").click()
    dialog(page, "Disable").get_by_role("button", name="Disable").click()
    expect(page.get_by_role("button", name="Enable")).to_be_visible()
    assert admin.key(key["id"])["disabled"] is True
    page.get_by_role("button", name="Enable").click()
    expect(page.get_by_role("button", name="Disable")).to_be_visible()
    assert admin.key(key["id"])["disabled"] is False

    page.get_by_role("button", name="Delete").click()
    asked = dialog(page, f"Delete {key['name']}?")
    asked.get_by_label("to confirm").fill("another name")
    asked.get_by_role("button", name="Delete").click()
    expect(asked.get_by_text("This is not the name.")).to_be_visible()
    assert admin.get("/admin/api-key/list", name=key["name"])["total"] == 1
    asked.get_by_label("to confirm").fill(key["name"])
    asked.get_by_role("button", name="Delete").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Keys")
    assert admin.get("/admin/api-key/list", name=key["name"])["total"] == 0


def test_models_of_a_key_are_given_and_taken(visit):
    admin = visit.instance.admin
    key = admin.create_key(group_id=None)
    model = admin.create_model("echo", {})
    page = visit.sign_in(room=f"keys/{key['id']}")

    def allowed() -> list[str]:
        return [row["model_name"] for row in admin.get("/admin/api-key/list-model", key_id=key["id"])["items"]]

    page.get_by_label("Another model").select_option(label=model["name"])
    page.get_by_role("button", name="Allow").click()
    expect(page.get_by_role("link", name=model["name"], exact=True)).to_be_visible()
    assert allowed() == [model["name"]]
    page.get_by_role("button", name=f"Take {model['name']} away").click()
    expect(page.get_by_role("link", name=model["name"], exact=True)).to_have_count(0)
    assert allowed() == []


def test_keys_come_from_csv_after_a_preview_and_errors_name_the_line(visit):
    visit.expected_statuses = {400}
    admin = visit.instance.admin
    names = [admin.unique("imported"), f'{admin.unique("quoted")}, "Q"']
    page = visit.sign_in(room="keys")
    page.get_by_role("button", name="Import CSV").click()
    entry = dialog(page, "Import keys")
    wrong = f"name,month_quota,email\n{names[0]},5,nowhere\n"
    entry.get_by_label("CSV file").set_input_files({"name": "k.csv", "mimeType": "text/csv", "buffer": wrong.encode()})
    expect(entry.get_by_role("columnheader")).to_have_text(["Line", "name", "month_quota", "email"])
    entry.get_by_role("button", name="Create these keys").click()
    expect(entry.get_by_text("Line 2: 'email'")).to_be_visible()
    assert admin.get("/admin/api-key/list", name=names[0])["total"] == 0
    quoted = names[1].replace('"', '""')
    entry.get_by_label("Lines").fill(f'{names[0]},a@example.org,,5\n"{quoted}",,,\n')
    expect(entry.get_by_role("row")).to_have_count(3)
    entry.get_by_role("button", name="Create these keys").click()
    shown = dialog(page, "The new keys")
    with page.expect_download() as saved:
        shown.get_by_role("button", name="Save as CSV").click()
    lines = saved.value.path().read_text().splitlines()
    assert lines[0] == "name,email,api_key" and len(lines) == 3
    text = next(line for line in lines if line.startswith(names[0])).split(",")[-1]
    assert httpx.get(f"{visit.instance.url}/v1/models", headers={"x-api-key": text}).status_code == 200
    assert admin.get("/admin/api-key/list", name=names[1])["total"] == 1


def test_limits_expiry_and_switches_of_a_key_are_changed_and_shown(visit):
    admin = visit.instance.admin
    key = admin.create_key(expires_at="2031-01-02T03:04:00Z")
    page = visit.sign_in(room=f"keys/{key['id']}")
    page.get_by_role("button", name="Edit").click()
    entry = dialog(page, f"Edit {key['name']}")
    for label, value in (("Requests a minute", "61"), ("Tokens a minute", "70000"), ("Calls at a time", "3")):
        entry.get_by_label(label).fill(value)
    entry.get_by_label("Expires").fill("")
    entry.get_by_label("Strict").check()
    entry.get_by_label("Record texts").uncheck()
    entry.get_by_label("Role").select_option("admin")
    entry.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.", exact=True)).to_be_visible()
    stored = visit.instance.ledger.rows("SELECT * FROM api_keys WHERE id = ?", key["id"])[0]
    now = admin.get(f"/admin/api-key/detail/{key['id']}")
    assert (now["rpm"], now["tpm"], now["max_parallel"], now["expires_at"]) == (61, 70000, 3, None)
    assert (now["strict"], now["record_text"], now["role"]) == (True, False, "admin")
    assert (stored["rpm"], stored["tpm"], stored["max_parallel"], stored["expires_at"]) == (61, 70000, 3, None)
    for name, value in (
        ("Requests a minute", "61"),
        ("Tokens a minute", "70,000"),
        ("Calls at a time", "3"),
        ("Expires", "never"),
        ("Strict", "yes"),
        ("Texts recorded", "no"),
    ):
        assert fact(page, name) == value


def test_keys_are_narrowed_by_group_and_role_and_a_link_keeps_that(visit):
    admin = visit.instance.admin
    group = admin.post("/admin/group/save", name=admin.unique("narrow"))
    user = admin.create_key(group_id=group["id"])
    boss = admin.create_key(group_id=group["id"], role="admin")
    page = visit.sign_in(room=f"groups/{group['id']}")
    page.get_by_role("link", name="2", exact=True).click()
    expect(page.get_by_text("1–2 of 2")).to_be_visible()
    expect(page.get_by_label("Group")).to_have_value(str(group["id"]))
    page.get_by_label("Role").select_option("admin")
    expect(page.get_by_text("1–1 of 1")).to_be_visible()
    expect(row(page, boss["name"])).to_be_visible()
    expect(row(page, user["name"])).to_have_count(0)
    assert admin.get("/admin/api-key/list", group_id=group["id"], role="admin")["total"] == 1
    page.reload()
    expect(page.get_by_text("1–1 of 1")).to_be_visible()
    expect(page.get_by_label("Role")).to_have_value("admin")


def test_numbers_of_keys_are_told_in_words_that_fit(visit):
    admin = visit.instance.admin
    name = admin.unique("only one")
    page = visit.sign_in(room="keys")
    page.get_by_role("button", name="Import CSV").click()
    entry = dialog(page, "Import keys")
    entry.get_by_label("Lines").fill(f"{name},one@example.org")
    expect(entry.get_by_role("region", name="1 key", exact=True)).to_be_visible()
    entry.get_by_role("button", name="Create these keys").click()
    expect(page.get_by_text("1 key was made.", exact=True)).to_be_attached()
    assert admin.get("/admin/api-key/list", name=name)["total"] == 1
