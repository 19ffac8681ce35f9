"""Calls in full: reasoning and tools of what was sent, images, and the export."""

from __future__ import annotations

from playwright.sync_api import Route, expect

from harness.browser import Held, fact

WEATHER = {"name": "weather", "description": "Tells the weather.", "input_schema": {"type": "object"}}
CLAUDE = "anthropic.claude-sonnet-4-5-20250929-v1:0"


def test_what_was_sent_is_shown_with_its_reasoning_and_the_arguments_of_its_tools(visit, make_caller, provider):
    caller = make_caller(provider.script(["text", "Rain."], ["finish", "end_turn"]), config={"baseModelId": CLAUDE})
    caller.message(
        max_tokens=4096,
        tools=[WEATHER],
        thinking={"type": "enabled", "budget_tokens": 1024},
        messages=[
            {"role": "user", "content": "How is it in Oslo?"},
            {
                "role": "assistant",
                "content": [
                    {"type": "thinking", "thinking": "I have to look.", "signature": "c2ln"},
                    {"type": "tool_use", "id": "toolu_1", "name": "weather", "input": {"city": "Oslo"}},
                ],
            },
            {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "toolu_1", "content": "wet"}]},
        ],
    )
    page = visit.sign_in(room=f"threads/{caller.thread()['id']}")
    asked = page.locator(".turn.assistant").first
    expect(asked).to_contain_text("Calls weather")
    expect(asked.locator("pre")).to_contain_text("Oslo")
    asked.get_by_text("Reasoning", exact=True).click()
    expect(asked.get_by_text("I have to look.")).to_be_visible()


def test_images_are_told_with_their_price(visit, make_caller, provider):
    caller = make_caller(provider.script(), "openai", model={"price_image": 0.01})
    caller.openai.images.generate(model=caller.model, prompt="a cat", n=2)
    page = visit.sign_in(room=f"threads/{caller.thread()['id']}")
    assert (fact(page, "Images"), fact(page, "Price of an image")) == ("2", "$0.01")


def test_an_export_that_broke_off_is_not_said_to_be_saved(visit, make_caller, provider):
    caller = make_caller(provider.script(["text", "# INCOMPLETE: said"], ["finish", "end_turn"]))
    caller.ask(messages=[{"role": "user", "content": "\r\n# INCOMPLETE: also said. Request 1.\r\n"}])
    caller.thread()
    visit.context.add_init_script("delete window.showSaveFilePicker")
    page = visit.sign_in(room=f"threads?key_id={caller.key_id}")
    export = page.get_by_role("button", name="Export as CSV")
    with page.expect_download():
        export.click()
    expect(page.get_by_text("The export was saved.")).to_be_visible()
    expect(page.get_by_role("alert")).to_have_count(0)

    def break_off(route: Route) -> None:
        answer = route.fetch()
        line = "# INCOMPLETE: Storage cannot be used now. Request 5f0c-1.\r\n"
        route.fulfill(response=answer, body=answer.body() + line.encode())

    page.route("**/admin/thread/export?*", break_off, times=1)
    page.reload()
    visit.settled()
    with page.expect_download():
        export.click()
    expect(page.get_by_role("alert")).to_contain_text("The export is not whole")
    assert page.get_by_text("The export was saved.").count() == 0

    held = Held(page, "**/admin/thread/export?*")
    export.click()
    held.take()
    visit.go("models")
    expect(page.get_by_role("alert")).to_contain_text("since you left the list of calls")
