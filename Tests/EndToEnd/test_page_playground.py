"""Conversations of the playground: each by itself, nothing typed lost, and only with the model that was meant."""

from __future__ import annotations

import json

from playwright.sync_api import expect

CALL = "**/v1/chat/completions"


def test_a_new_conversation_has_nothing_of_the_one_before(visit, make_caller, provider):
    caller = make_caller(provider.script(["text", "the old answer"], ["wait", "never"], ["finish", "end_turn"]))
    page = visit.sign_in(caller.key, room="playground")
    text, send = page.get_by_label("Your message"), page.get_by_role("button", name="Send")
    text.fill("the old question")
    with page.expect_request(CALL) as first:
        send.click()
    expect(page.locator(".turn.assistant")).to_contain_text("the old answer")
    page.get_by_role("button", name="New conversation").click()
    expect(send).to_be_visible()
    expect(text).to_have_value("")
    expect(page.locator(".conversation")).to_contain_text("Nothing was said yet.")
    text.fill("a new question")
    with page.expect_request(CALL) as second:
        send.click()
    assert json.loads(second.value.post_data)["messages"] == [{"role": "user", "content": "a new question"}]
    assert first.value.headers["session-id"] != second.value.headers["session-id"]
    expect(page.locator(".turn.assistant")).to_contain_text("the old answer")
    # What was stopped is said, and belongs to the conversation.
    page.get_by_role("button", name="Stop").click()
    text.fill("and further")
    with page.expect_request(CALL) as third:
        send.click()
    roles = [message["role"] for message in json.loads(third.value.post_data)["messages"]]
    assert roles == ["user", "assistant", "user"]
    assert third.value.headers["session-id"] == second.value.headers["session-id"]


def test_an_answer_that_ends_leaves_the_focus_where_the_reader_has_gone(visit, make_caller, provider):
    script = provider.script(["text", "half"], ["wait", "go"], ["finish", "end_turn"])
    caller = make_caller(script)
    page = visit.sign_in(caller.key, room="playground")
    page.get_by_label("Your message").fill("hello")
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".turn.assistant")).to_contain_text("half")
    page.get_by_label("System prompt").focus()
    page.keyboard.type("Be ")
    script.signal("go")
    expect(page.get_by_role("link", name="record")).to_be_visible()
    expect(page.get_by_role("button", name="Send")).to_be_visible()
    page.keyboard.type("brief.")
    expect(page.get_by_label("System prompt")).to_have_value("Be brief.")
    page.get_by_label("Your message").fill("again")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("link", name="record")).to_have_count(2)
    expect(page.get_by_label("Your message")).to_be_focused()


def test_a_question_whose_answer_nobody_waited_for_is_kept(visit, make_caller, provider):
    caller = make_caller(provider.script(["wait", "never"], ["text", "late"], ["finish", "end_turn"]))
    page = visit.sign_in(caller.key, room="playground")
    page.get_by_label("Your message").fill("a long question")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("button", name="Stop")).to_be_visible()
    expect(page.get_by_label("Your message")).to_have_value("")
    visit.go("models")
    visit.go("playground")
    expect(page.get_by_label("Your message")).to_have_value("a long question")


def test_no_other_model_takes_the_place_of_one_that_the_key_may_not_use(visit, make_caller, provider):
    caller = make_caller(provider.script(["text", "hello"], ["finish", "end_turn"]))
    page = visit.sign_in(caller.key, room="playground?model=forbidden")
    expect(page.get_by_role("alert")).to_have_text("Your key may not use the model forbidden. Choose another.")
    expect(page.get_by_label("Model")).to_have_value("")
    page.get_by_label("Your message").fill("hello")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("This is required.")).to_be_visible()
    expect(page.get_by_label("Your message")).to_have_value("hello")
    page.get_by_label("Model").select_option(caller.model)
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("link", name="record")).to_be_visible()
    assert caller.thread()["model"] == caller.model
