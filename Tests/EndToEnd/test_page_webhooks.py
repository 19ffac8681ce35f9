"""The room of one bot: its callback, the test of its credentials, and how its messages ended."""

from __future__ import annotations

from playwright.sync_api import expect

from harness.browser import fact
from harness.feishu import OPEN_ID


def test_a_bot_s_room_has_the_callback_to_copy_and_how_its_messages_ended(visit, make_bot):
    bot = make_bot()
    assert bot.ask("an answered question") == "pong"
    bot.provider.feishu("PUT", bot.app, {"refusals": [230002]})
    bot.say("refused", chat="oc_gone")
    bot.wait(2)
    page = visit.sign_in(room="webhooks")
    page.get_by_label("Search").fill(bot.name)
    page.get_by_role("link", name=bot.name, exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(bot.name)
    expect(page.get_by_role("region", name="Callback URL")).to_have_text(bot.url)
    page.get_by_role("main").get_by_role("button", name="Copy").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == bot.url
    lines = page.get_by_role("table").locator("tbody tr")
    expect(lines).to_have_count(2)
    expect(lines.nth(0)).to_contain_text("failed")
    expect(lines.nth(0)).to_contain_text("The platform refused with code 230002. platform_230002")
    expect(lines.nth(0)).to_contain_text("oc_gone")
    expect(lines.nth(1)).to_contain_text("done")
    ended = "SELECT state FROM bot_events WHERE webhook_id = ? ORDER BY id DESC LIMIT 1 OFFSET ?"
    assert [visit.instance.ledger.value(ended, bot.row["id"], skipped) for skipped in (0, 1)] == ["failed", "done"]
    assert "an answered question" not in page.content()
    page.get_by_label("State").select_option("done")
    expect(lines).to_have_count(1)
    page.reload()
    expect(lines).to_have_count(1)
    expect(page.get_by_label("State")).to_have_value("done")
    page.get_by_label("State").select_option("answering")
    expect(page.get_by_text("Nothing matches.")).to_be_visible()
    page.get_by_role("button", name="Clear filters").click()
    expect(lines).to_have_count(2)
    bot.ask("one more")
    page.get_by_role("button", name="Load again").click()
    expect(lines).to_have_count(3)


def test_what_waits_and_what_is_being_answered_is_told_apart(visit, make_bot):
    bot = make_bot(["wait", "go"], ["text", "pong"], ["finish", "end_turn"])
    bot.say("first", chat="oc_1")
    bot.say("second", chat="oc_1")
    page = visit.sign_in(room=f"webhooks/{bot.row['id']}")
    lines = page.get_by_role("table").locator("tbody tr")
    expect(lines.nth(0)).to_contain_text("accepted")
    expect(lines.nth(1)).to_contain_text("answering")
    page.get_by_label("Language").select_option("zh")
    expect(lines.nth(0)).to_contain_text("已接收")
    expect(lines.nth(1)).to_contain_text("回答中")
    bot.caller.script.signal("go")
    bot.wait(2)
    page.get_by_role("button", name="重新加载").click()
    expect(lines.nth(0)).to_contain_text("已回答")
    expect(lines.nth(1)).to_contain_text("已回答")


def test_the_test_button_shows_what_the_platform_said(visit, make_bot):
    bot = make_bot()
    admin = visit.instance.admin
    audited = "SELECT COUNT(*) FROM audit WHERE action = 'webhook.test' AND subject = ?"
    page = visit.sign_in(room=f"webhooks/{bot.row['id']}")
    page.get_by_role("button", name="Test it").click()
    expect(page.get_by_text("The platform takes the credentials.")).to_be_visible()
    assert fact(page, "The bot’s open id") == OPEN_ID and fact(page, "Events are encrypted") == "yes"
    assert visit.instance.ledger.value(audited, f"webhook:{bot.row['id']}") == 1
    assert {call[2] for call in bot.seen()["calls"]} == {"token", "/open-apis/bot/v3/info"}

    page.get_by_role("button", name="Edit").click()
    page.get_by_role("dialog").get_by_label("App Secret").fill("mistyped-0123456789")
    page.get_by_role("dialog").get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.", exact=True)).to_be_visible()
    page.get_by_role("button", name="Test it").click()
    expect(page.get_by_text("The platform does not take the credentials.")).to_be_visible()
    expect(page.get_by_text("app secret invalid", exact=True)).to_be_visible()
    assert fact(page, "Code") == "10014"
    assert "mistyped-0123456789" not in page.content()
    assert visit.instance.ledger.value(audited, f"webhook:{bot.row['id']}") == 2

    config = {"appId": f"{bot.app}-open", "appSecret": "s3cr3t-0123456789", "baseUrl": "http://127.0.0.1:9"}
    config |= {"apiKey": bot.caller.key, "modelId": bot.caller.model}
    lost = admin.post("/admin/bot/feishu/save", name=f"{bot.name}-lost", config=config)
    visit.go(f"webhooks/{lost['id']}")
    page.get_by_role("button", name="Test it").click()
    told = "The platform could not be reached: Couldn't connect to server"
    expect(page.get_by_text(told, exact=True)).to_be_visible()
    expect(page.get_by_text("Neither a Verification Token nor an Encrypt Key is set", exact=False)).to_be_visible()
    assert admin.post("/admin/bot/feishu/test", id=lost["id"])["error"] == {"code": None, "message": told}

    visit.expected_statuses = {503}
    refused = {"success": False, "error": {"message": "Storage is busy.", "code": "storage_unavailable"}}
    page.route("**/admin/bot/feishu/test", lambda route: route.fulfill(status=503, json=refused), times=1)
    page.get_by_role("button", name="Test it").click()
    expect(page.get_by_role("alert")).to_contain_text("Storage is busy.")


def test_a_bot_is_changed_and_deleted_in_its_room(visit, make_bot):
    bot = make_bot()
    admin = visit.instance.admin
    page = visit.sign_in(room=f"webhooks/{bot.row['id']}")
    page.get_by_role("button", name="Edit").click()
    page.get_by_role("dialog").get_by_label("Name").fill(f"{bot.name}-renamed")
    page.get_by_role("dialog").get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"{bot.name}-renamed")
    expect(page.get_by_role("region", name="Callback URL")).to_contain_text(f"/{bot.name}-renamed/webhook/event")
    now = admin.get(f"/admin/bot/feishu/detail/{bot.row['id']}")
    assert now["name"] == f"{bot.name}-renamed" and now["config"] == bot.row["config"]
    page.get_by_role("button", name="Delete").click()
    page.get_by_label("to confirm").fill(f"{bot.name}-renamed")
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Webhooks")
    assert admin.get("/admin/bot/feishu/list", q=bot.name)["total"] == 0


def test_editing_a_bot_leaves_alone_what_somebody_else_has_changed_meanwhile(visit, make_bot):
    bot = make_bot()
    admin = visit.instance.admin
    page = visit.sign_in(room=f"webhooks?q={bot.name}")
    edit = page.get_by_role("button", name="Edit")
    # After the list was drawn: the form has it. After the form was drawn: saving leaves it.
    admin.post("/admin/bot/feishu/save", id=bot.row["id"], verificationToken="a-token-of-its-own-0")
    edit.click()
    entry = page.get_by_role("dialog")
    expect(entry.get_by_label("Verification Token")).to_have_value("a-to****")
    other = admin.create_model("echo", {})["name"]
    admin.post("/admin/bot/feishu/save", id=bot.row["id"], modelId=other)
    entry.get_by_label("Encrypt Key").fill("")
    entry.get_by_role("button", name="Save").click()
    expect(entry).to_have_count(0)
    config = admin.get(f"/admin/bot/feishu/detail/{bot.row['id']}")["config"]
    assert (config["modelId"], config["verificationToken"]) == (other, "a-to****")
    assert "encryptKey" not in config
