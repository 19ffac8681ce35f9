"""Nothing fails unseen: what a button does, what follows a change, and answers that never came."""

from __future__ import annotations

from playwright.sync_api import Page, Route, expect

from harness.browser import fact

BUSY = {"success": False, "error": {"message": "Storage is busy.", "code": "storage_unavailable"}}
PERHAPS_DONE = "This may have been done all the same: look before you try again."


def fail(page: Page, pattern: str, times: int = 1) -> None:
    page.route(pattern, lambda route: route.fulfill(status=503, json=BUSY), times=times)


def expect_alarm(page: Page) -> None:
    expect(page.get_by_role("alert")).to_contain_text("Storage is busy.")
    page.locator(".alarm").get_by_role("button", name="Close").click()
    expect(page.get_by_role("alert")).to_have_count(0)


def test_a_button_that_fails_says_so_and_works_the_next_time(visit, make_bot):
    visit.expected_statuses = {503}
    bot = make_bot()
    admin = visit.instance.admin
    key = admin.create_key()
    admin.post("/admin/api-key/update", id=key["id"], disabled=True)
    page = visit.sign_in(room=f"keys/{key['id']}")
    fail(page, "**/admin/api-key/update")
    page.get_by_role("button", name="Enable").click()
    expect_alarm(page)
    assert admin.key(key["id"])["disabled"] is True
    page.get_by_role("button", name="Enable").click()
    expect(page.get_by_role("button", name="Disable")).to_be_visible()
    assert admin.key(key["id"])["disabled"] is False

    fail(page, "**/admin/group/list?*")
    page.get_by_role("button", name="Edit").click()
    expect_alarm(page)
    page.get_by_role("button", name="Edit").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")

    visit.go(f"webhooks?q={bot.name}")
    fail(page, "**/admin/model/list?*")
    page.get_by_role("button", name="Edit").click()
    expect_alarm(page)
    page.get_by_role("button", name="Edit").click()
    expect(page.get_by_role("dialog")).to_be_visible()


def test_a_recharge_is_shown_from_its_own_answer(visit):
    visit.expected_statuses = {503}
    key = visit.instance.admin.create_key()
    page = visit.sign_in(room=f"keys/{key['id']}")
    fail(page, "**/admin/api-key/detail/*", times=9)
    page.get_by_role("button", name="Recharge").click()
    page.get_by_label("Amount to add").fill("7.5")
    page.get_by_role("dialog").get_by_role("button", name="Recharge").click()
    expect(page.get_by_text("The balance is $7.50.")).to_be_attached()
    assert fact(page, "Balance") == "$7.50"
    assert fact(page, "Texts recorded") == "yes"
    page.get_by_role("button", name="Edit").click()
    page.get_by_label("Record texts").uncheck()
    page.get_by_role("dialog").get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.", exact=True)).to_be_visible()
    assert fact(page, "Texts recorded") == "no"


def test_more_calls_of_a_session_are_shown_once_however_often_it_is_asked(visit, make_caller, provider):
    visit.expected_statuses = {503}
    caller = make_caller(provider.script(["text", "said"], ["finish", "end_turn"]))
    caller.openai.with_options(default_headers={"Session-Id": "long"}).chat.completions.create(**caller.body())
    call = caller.thread()
    asked: list[str] = []

    def answer(route: Route) -> None:
        asked.append(route.request.url)
        if len(asked) == 2:
            return route.fulfill(status=503, json=BUSY)
        return route.fulfill(json={"success": True, "data": {"items": [call], "total": 2, "limit": 50, "offset": 0}})

    page = visit.sign_in()
    page.route("**/admin/thread/list?session_id=*", answer)
    visit.go(f"sessions/{call['session_id']}")
    more = page.get_by_role("button", name="Show more")
    more.click()
    expect_alarm(page)
    more.dblclick()
    expect(more).to_have_count(0)
    expect(page.locator(".turn.assistant")).to_have_count(2)
    assert len(asked) == 3


def test_a_change_whose_answer_was_lost_is_said_to_be_perhaps_made(visit):
    visit.expects_broken_connections = True
    admin = visit.instance.admin
    key = admin.create_key()
    page = visit.sign_in(room=f"keys/{key['id']}")

    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    page.get_by_role("button", name="Recharge").click()
    entry = page.get_by_role("dialog")
    entry.get_by_label("Amount to add").fill("3")
    page.route("**/admin/api-key/recharge", lose, times=1)
    entry.get_by_role("button", name="Recharge").click()
    expect(entry.get_by_role("alert")).to_contain_text(PERHAPS_DONE)
    assert admin.key(key["id"])["balance"] == 3
    page.route("**/admin/api-key/recharge", lambda route: route.fulfill(body='{"success": true, "da'), times=1)
    entry.get_by_role("button", name="Recharge").click()
    expect(entry.get_by_role("alert")).to_contain_text(PERHAPS_DONE)


def test_an_answer_that_is_not_brook_s_is_told_in_words(visit):
    page = visit.sign_in()
    page.route("**/admin/group/list?*", lambda route: route.fulfill(body="<html>Welcome to the hotel</html>"), times=1)
    visit.go("groups")
    expect(page.get_by_role("alert")).to_contain_text("something other than Brook has sent it")
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("link", name="default")).to_be_visible()


def test_a_key_with_a_character_that_is_not_seen_is_refused_before_it_is_sent(visit):
    page = visit.open()
    page.get_by_label("Key").fill(f"{visit.instance.admin_key}\u200b")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("perhaps one that is not seen")).to_be_visible()
    expect(page.get_by_label("Key")).to_be_focused()
