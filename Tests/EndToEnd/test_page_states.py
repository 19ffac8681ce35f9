"""What stands where data should be: loading, nothing, an error with a way to try again. Every list of the page."""

from __future__ import annotations

from playwright.sync_api import Page, Route, expect

REFUSED = {"success": False, "error": {"message": "Storage is busy.", "code": "storage_unavailable"}}
UNREACHABLE = "The server cannot be reached."
NOTHING = {"success": True, "data": {"items": [], "total": 0, "limit": 20, "offset": 0}}
#: Room, the request that fills its table, and what it says when there is nothing.
ADMIN_TABLES = (
    ("keys", "**/admin/api-key/list?limit=20*", "No key yet."),
    ("groups", "**/admin/group/list?limit=20*", "No group yet."),
    ("models", "**/admin/model/list?limit=20*", "No model yet."),
    ("sessions", "**/admin/session/list?*", "No session yet."),
    ("threads", "**/admin/thread/list?*", "No call yet."),
    ("payments", "**/admin/payment/list?*", "No payment yet."),
    ("webhooks", "**/admin/bot/feishu/list?*", "No webhook yet."),
    ("audit", "**/admin/audit/list?*", "Nothing was changed yet."),
)
USER_TABLES = (
    ("models", "**/user/model/list?limit=20*", "Your key may use no model yet."),
    ("sessions", "**/user/session/list?*", "No session yet."),
    ("threads", "**/user/thread/list?*", "No call yet."),
)


class Answers:
    """Holds back, breaks, refuses and empties the first requests of a kind; later ones reach the server."""

    def __init__(self, page: Page, pattern: str) -> None:
        self.page = page
        self.pattern = pattern
        self.held: list[Route] = []
        self.steps = ["hold", "refuse", "empty"]
        page.route(pattern, self._answer)

    def _answer(self, route: Route) -> None:
        step = self.steps.pop(0) if self.steps else "pass"
        if step == "hold":
            self.held.append(route)
        elif step == "refuse":
            route.fulfill(status=503, json=REFUSED, headers={"x-request-id": "req-503"})
        elif step == "empty":
            route.fulfill(json=NOTHING)
        else:
            route.continue_()

    def take(self) -> Route:
        """The request that is held back; it reaches the test a little after the page has sent it."""
        for _ in range(200):
            if self.held:
                return self.held.pop()
            self.page.wait_for_timeout(25)
        raise AssertionError(f"nothing was asked for that matches {self.pattern}")

    def end(self) -> None:
        self.page.unroute(self.pattern)


def furnish(visit, make_caller, provider):
    """At least one row of everything, which the caller's own key sees too."""
    admin = visit.instance.admin
    caller = make_caller(provider.script(["text", "hello"], ["finish", "end_turn"]))
    caller.openai.with_options(default_headers={"Session-Id": "states"}).chat.completions.create(**caller.body())
    caller.thread()
    admin.post("/admin/api-key/recharge", id=caller.key_id, balance=1)
    bot = admin.unique("bot")
    config = {"appId": f"cli_{bot}", "appSecret": "s3cr3t-0123456789", "apiKey": caller.key, "modelId": caller.model}
    admin.post("/admin/bot/feishu/save", name=bot, config=config)
    return caller


def check_table(visit, room: str, pattern: str, nothing: str) -> None:
    page = visit.page
    answers = Answers(page, pattern)
    page.evaluate("room => { location.hash = '#/' + room }", room)
    alert, again = page.get_by_role("alert"), page.get_by_role("button", name="Try again")
    expect(page.get_by_text("Loading…"), room).to_be_visible()
    answers.take().abort()
    expect(alert, room).to_contain_text(UNREACHABLE)
    again.click()
    expect(alert, room).to_contain_text("Storage is busy.")
    expect(alert, room).to_contain_text("req-503")
    again.click()
    expect(page.locator("main .state"), room).to_contain_text(nothing)
    assert page.evaluate("document.activeElement !== document.body"), f"{room}: the focus was lost"
    page.reload()
    expect(page.locator("tbody tr").first, room).to_be_visible()
    expect(page.locator("main .state"), room).to_have_count(0)
    answers.end()


def test_every_table_of_an_administrator_loads_fails_and_is_empty_in_words(visit, make_caller, provider):
    furnish(visit, make_caller, provider)
    visit.expected_statuses, visit.expects_broken_connections = {503}, True
    page = visit.sign_in(room="playground")
    for room, pattern, nothing in ADMIN_TABLES:
        check_table(visit, room, pattern, nothing)
        total = visit.instance.admin.get(pattern.removeprefix("**").split("?")[0], limit=1)["total"]
        expect(page.locator(".pager [role=status]"), room).to_contain_text(f"of {total:,}")


def test_the_messages_of_a_bot_load_fail_and_are_empty_in_words(visit, make_bot):
    bot = make_bot()
    bot.ask()
    visit.expected_statuses, visit.expects_broken_connections = {503}, True
    visit.sign_in(room="playground")
    number = bot.row["id"]
    check_table(visit, f"webhooks/{number}", f"**/admin/bot/feishu/events/{number}?*", "No message in the last 8 hours.")


def test_every_table_of_a_user_loads_fails_and_is_empty_in_words(visit, make_caller, provider):
    caller = furnish(visit, make_caller, provider)
    visit.expected_statuses, visit.expects_broken_connections = {503}, True
    visit.sign_in(caller.key, room="playground")
    for room, pattern, nothing in USER_TABLES:
        check_table(visit, room, pattern, nothing)


def test_every_part_of_a_room_that_fails_says_so_in_its_place_and_is_tried_again(visit, make_caller, provider):
    caller = furnish(visit, make_caller, provider)
    admin = visit.instance.admin
    webhook = admin.get("/admin/bot/feishu/list")["items"][0]["id"]
    group = admin.post("/admin/group/save", name=admin.unique("parts"))
    thread = caller.thread()
    visit.expected_statuses = {503}
    page = visit.sign_in(room="playground")
    for room, pattern in (
        ("dashboard", "**/admin/statistics/latency*"),
        ("dashboard", "**/admin/statistics/usage?group_by=model&from=*&limit=6"),
        ("dashboard", "**/admin/statistics/usage?group_by=key*"),
        ("dashboard", "**/admin/api-key/list?limit=200*month_fee*"),
        (f"keys/{caller.key_id}", f"**/admin/api-key/detail/{caller.key_id}"),
        (f"keys/{caller.key_id}", "**/admin/payment/list?*"),
        (f"keys/{caller.key_id}", "**/admin/api-key/list-model?*"),
        (f"groups/{group['id']}", f"**/admin/group/detail/{group['id']}"),
        (f"groups/{group['id']}", "**/admin/group/list-model?*"),
        (f"models/{caller.model_row['id']}", "**/admin/model/list-providers"),
        (f"models/{caller.model_row['id']}", "**/admin/group/list?limit=1000*"),
        (f"sessions/{thread['session_id']}", f"**/admin/session/detail/{thread['session_id']}"),
        (f"sessions/{thread['session_id']}", "**/admin/thread/list?session_id*"),
        (f"threads/{thread['id']}", f"**/admin/thread/detail/{thread['id']}"),
        (f"webhooks/{webhook}", f"**/admin/bot/feishu/detail/{webhook}"),
        (f"webhooks/{webhook}", f"**/admin/bot/feishu/events/{webhook}?*"),
    ):
        page.route(pattern, lambda route: route.fulfill(status=503, json=REFUSED), times=1)
        visit.go(room)
        expect(page.get_by_role("alert"), pattern).to_contain_text("Storage is busy.")
        page.get_by_role("button", name="Try again").click()
        expect(page.get_by_role("alert"), pattern).to_have_count(0)
        visit.settled()
        page.unroute(pattern)
        page.evaluate("location.hash = '#/playground'")
        expect(page.get_by_role("heading", level=1)).to_have_text("Playground")


def test_every_column_that_can_be_sorted_by_is_one_that_the_server_sorts_by(visit, make_caller, provider):
    furnish(visit, make_caller, provider)
    page = visit.sign_in()
    clicked = 0
    for room, pattern, _ in ADMIN_TABLES:
        visit.go(room)
        for name in page.locator("th .sort").all_inner_texts():
            header = page.get_by_role("columnheader", name=name.strip(" ↑↓"), exact=True)
            with page.expect_response(pattern) as answered:
                header.get_by_role("button").click()
            assert answered.value.status == 200 and "order_by=-" in answered.value.url, (room, name)
            expect(header, f"{room}: {name}").to_have_attribute("aria-sort", "descending")
            clicked += 1
    assert clicked > 30
