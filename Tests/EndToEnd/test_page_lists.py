"""What lists are narrowed by, addresses that mean nothing, and the long lists behind what the dashboard tells."""

from __future__ import annotations

from playwright.sync_api import Route, expect

from harness.waiting import until


def test_a_search_that_was_begun_does_not_follow_into_another_room(visit):
    page = visit.sign_in(room="keys")
    page.evaluate(
        """() => {
            const search = document.querySelector('input[type=search]');
            search.value = 'begun';
            search.dispatchEvent(new Event('input', { bubbles: true }));
            location.hash = '#/models';
        }"""
    )
    expect(page.get_by_role("heading", level=1)).to_have_text("Models")
    page.wait_for_timeout(400)
    assert page.url.endswith("#/models")


def test_the_calls_of_a_deleted_key_are_listed_under_its_number(visit, make_caller, provider):
    admin = visit.instance.admin
    caller = make_caller(provider.script(["text", "hello"], ["finish", "end_turn"]))
    caller.ask()
    caller.thread()
    admin.post("/admin/api-key/delete", id=caller.key_id)
    until(lambda: admin.get("/admin/api-key/list", name=caller.key_row["name"])["total"] == 0, "the key is gone")
    page = visit.sign_in(room=f"threads?key_id={caller.key_id}")
    expect(page.get_by_text("1–1 of 1")).to_be_visible()
    expect(page.get_by_label("Key")).to_have_value(str(caller.key_id))
    assert page.get_by_label("Key").locator("option:checked").inner_text() == f"Key {caller.key_id}"


def test_addresses_that_mean_nothing_are_told_and_not_thrown(visit):
    visit.expected_statuses = {400, 404}
    page = visit.sign_in()
    visit.go("keys/%")
    expect(page.get_by_role("alert")).to_be_visible()
    visit.go("threads?from=garbage")
    expect(page.get_by_role("alert")).to_contain_text("'from' must be an ISO-8601 time")
    expect(page.get_by_label("From")).to_have_value("")


def test_the_dashboard_looks_at_all_keys_that_spend_or_end(visit):
    """Answers as of a site with many keys: those that matter come after 200 others."""
    admin = visit.instance.admin
    key = admin.create_key()
    many = [{**key, "id": 10_000 + number, "month_fee": 5, "month_quota": 1000} for number in range(200)]
    last = {**key, "id": 20_000, "name": "nearly spent", "month_fee": 0.9, "month_quota": 1}

    def answer(route: Route) -> None:
        offset = int(route.request.url.split("offset=")[1]) if "offset=" in route.request.url else 0
        items = [*many, last][offset : offset + 200]
        route.fulfill(json={"success": True, "data": {"items": items, "total": 201, "limit": 200, "offset": offset}})

    page = visit.sign_in(room="playground")
    page.route("**/admin/api-key/list?*month_fee*", answer)
    visit.go("dashboard")
    expect(page.get_by_role("listitem").filter(has_text="near quota")).to_contain_text("nearly spent")
