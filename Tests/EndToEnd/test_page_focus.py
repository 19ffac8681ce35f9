"""The page by its keyboard: what the Tab key reaches and in which order, that it is seen, and what dialogs do to it."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from harness.browser import row

#: All that can be reached, in the order of the document, as texts; what is folded away or off is left out.
REACHABLE = """
() => [...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex="0"]')]
    .filter(node => !node.disabled && node.checkVisibility({ checkVisibilityCSS: true }))
    .map(node => node.getAttribute('aria-label') ?? node.textContent.trim() ?? '')
"""
FOCUSED = """
() => {
    const node = document.activeElement;
    const style = getComputedStyle(node);
    const box = node.getBoundingClientRect();
    return {
        name: node.getAttribute('aria-label') ?? node.textContent.trim(),
        outline: style.outlineStyle === 'solid' && parseFloat(style.outlineWidth) >= 2,
        isOnScreen: box.width > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
    };
}
"""


def tab_through(page: Page, start: int = 0) -> None:
    """Every stop, from the beginning of the document, is the next in the document, has a ring, and is on the screen."""
    for wanted in page.evaluate(REACHABLE)[start:]:
        page.keyboard.press("Tab")
        found = page.evaluate(FOCUSED)
        assert found["name"] == wanted, f"{found['name']!r} has the focus, and not {wanted!r}"
        assert found["outline"], f"no ring is seen at {wanted!r}"
        assert found["isOnScreen"], f"{wanted!r} is not on the screen"


def name_of_focus(page: Page) -> str:
    return page.evaluate("document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent")


def test_tab_goes_through_the_sign_in_and_the_room_of_keys_in_order_and_is_always_seen(visit):
    admin = visit.instance.admin
    stem = admin.unique("tabbed")
    for number in range(3):
        admin.create_key(name=f"{stem}-{number}")
    page = visit.open()
    expect(page.get_by_label("Key")).to_be_focused()
    tab_through(page, start=1)
    visit.sign_in(room=f"keys?q={stem}")
    page.reload()
    visit.settled()
    expect(row(page, f"{stem}-2")).to_be_visible()
    tab_through(page)


def test_the_focus_comes_back_to_what_opened_a_dialog_however_it_ends(visit):
    admin = visit.instance.admin
    key = admin.create_key()
    page = visit.sign_in(room=f"keys/{key['id']}")
    for name in ("Recharge", "Edit", "Replace the key", "Disable", "Delete"):
        opener = page.locator(".heading").get_by_role("button", name=name, exact=True)
        for way in ("Escape", "Close", "Cancel"):
            opener.focus()
            page.keyboard.press("Enter")
            expect(page.get_by_role("dialog")).to_be_visible()
            assert page.evaluate("document.activeElement.closest('dialog') !== null"), name
            if way == "Escape":
                page.keyboard.press("Escape")
            else:
                page.get_by_role("dialog").get_by_role("button", name=way).click()
            expect(opener, f"{name}, {way}").to_be_focused()


def test_the_focus_stays_where_it_was_when_what_was_done_draws_the_room_anew(visit):
    admin = visit.instance.admin
    key = admin.create_key(group_id=None)
    models = [admin.create_model("echo", {}, name=admin.unique("focus")) for _ in range(2)]
    for model in models:
        admin.bind(key["id"], model["id"])
    page = visit.sign_in(room=f"keys/{key['id']}")
    page.get_by_role("button", name="Recharge").click()
    page.get_by_label("Amount to add").fill("2")
    page.keyboard.press("Enter")
    expect(row(page, "$2.00").first).to_be_visible()
    assert admin.key(key["id"])["balance"] == 2
    assert name_of_focus(page) == "Recharge"
    page.get_by_role("button", name="Disable").click()
    page.keyboard.press("Tab")
    page.get_by_role("dialog").get_by_role("button", name="Disable").click()
    expect(page.get_by_role("button", name="Enable")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Disable")).to_be_focused()
    assert admin.key(key["id"])["disabled"] is False
    page.get_by_role("button", name=f"Take {models[0]['name']} away").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name=models[0]["name"], exact=True)).to_have_count(0)
    assert page.evaluate("document.activeElement.closest('main') !== null && document.activeElement.tagName !== 'MAIN'")
    assert [each["model_name"] for each in admin.get("/admin/api-key/list-model", key_id=key["id"])["items"]] == [
        models[1]["name"]
    ]


def test_the_focus_is_not_lost_at_the_last_page_of_a_table_or_when_a_row_is_gone(visit):
    admin = visit.instance.admin
    stem = admin.unique("bots")
    model = admin.create_model("echo", {})
    for number in range(21):
        config = {"appId": f"cli_{stem}_{number}", "appSecret": "s3cr3t-0123456789"}
        config |= {"apiKey": visit.instance.admin_key, "modelId": model["name"]}
        admin.post("/admin/bot/feishu/save", name=f"{stem}-{number:02}", config=config)
    page = visit.sign_in(room=f"webhooks?q={stem}&order_by=name")
    page.get_by_role("button", name="Next").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("21–21 of 21")).to_be_visible()
    expect(page.get_by_role("button", name="Previous")).to_be_focused()
    page.get_by_role("row").filter(has_text=f"{stem}-20").get_by_role("button", name="Delete").focus()
    page.keyboard.press("Enter")
    page.get_by_label("to confirm").fill(f"{stem}-20")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_text("Nothing matches.")).to_be_visible()
    assert page.evaluate("document.activeElement !== document.body")
    assert admin.get("/admin/bot/feishu/list", q=stem)["total"] == 20
