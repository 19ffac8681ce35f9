"""The rooms of models and groups."""

from __future__ import annotations

from playwright.sync_api import expect

from harness.browser import Held
from scripted import bedrock

HOSTILE = '"><script>alert(1)</script>'


def model_named(visit, name: str) -> dict:
    (found,) = [row for row in visit.instance.admin.get("/admin/model/list", q=name)["items"] if row["name"] == name]
    return found


def test_a_model_is_made_by_a_form_drawn_from_its_provider_with_exact_prices(visit):
    admin = visit.instance.admin
    fallback = admin.create_model("echo", {})["name"]
    name = admin.unique("drawn")
    page = visit.sign_in(room="models")
    page.get_by_role("button", name="Add a model").click()
    page.get_by_label("Name").fill(name)
    page.get_by_label("Provider").select_option("openai-compatible")
    expect(page.get_by_label("Name")).to_have_value(name)
    page.get_by_role("button", name="Add the model").click()
    expect(page.get_by_label("baseURL")).to_have_attribute("aria-invalid", "true")
    page.get_by_label("baseURL").fill("http://127.0.0.1:9/v1")
    page.get_by_label("apiKey").fill("sk-0123456789abcdef")
    page.get_by_label("Price of input").fill("0.123456789")
    page.get_by_label("Price of output").fill("15")
    page.get_by_role("combobox", name="Fallbacks").select_option(fallback)
    page.get_by_role("button", name="Add", exact=True).click()
    page.get_by_text("More settings").click()
    page.get_by_label("timeouts").fill('{"total_ms": 5000}')
    page.get_by_role("button", name="Add the model").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)

    made = model_named(visit, name)
    assert made["provider"] == "openai-compatible" and made["price_in"] == 0.123456789 and made["price_out"] == 15
    config = made["config"]
    assert config["fallbacks"] == [fallback] and config["timeouts"] == {"total_ms": 5000}
    assert visit.instance.ledger.value("SELECT price_in FROM models WHERE id = ?", made["id"]) == 123_456_789
    assert "sk-0123456789abcdef" not in page.content()


def test_the_form_of_every_provider_has_the_fields_that_the_provider_names(visit):
    """Each once, with its kind of control, marked where it is required, and secrets said to be kept encrypted."""
    admin = visit.instance.admin
    page = visit.sign_in(room="models/new")
    providers = admin.get("/admin/model/list-providers")["items"]
    assert len(providers) >= 4
    assert page.get_by_label("Provider").locator("option").all_inner_texts() == [each["name"] for each in providers]
    tags = {"string": "INPUT", "integer": "INPUT", "number": "INPUT", "boolean": "INPUT"}
    for each in providers:
        page.get_by_label("Provider").select_option(each["name"])
        expect(page.get_by_text(each["description"], exact=True)).to_be_visible()
        for field in each["fields"]:
            where = page.locator(f'[name="config.{field["name"]}"]')
            expect(where).to_have_count(1)
            wanted = "SELECT" if field["name"] == "fallbacks" else tags.get(field["type"], "TEXTAREA")
            assert where.evaluate("node => node.tagName") == wanted, field
            assert where.evaluate("node => node.required") == (field["required"] and field["type"] != "boolean"), field
            kept = where.evaluate(
                "node => node.getAttribute('aria-describedby').split(' ')"
                ".map(id => document.getElementById(id).textContent).join(' ')"
            )
            assert ("kept encrypted" in kept) == field["secret"], field
            if field["name"] != "fallbacks":
                assert field["description"] in kept


def test_fallbacks_are_picked_from_a_list_and_put_in_order_by_keys_alone(visit):
    admin = visit.instance.admin
    stem = admin.unique("back")
    first, second, third = [admin.create_model("echo", {}, name=f"{stem}-{place}")["name"] for place in "abc"]
    model = admin.create_model("echo", {"fallbacks": [first]})
    page = visit.sign_in(room=f"models/{model['id']}")
    chosen = page.get_by_role("list", name="Fallbacks").get_by_role("listitem")
    expect(chosen).to_have_count(1)
    choice = page.get_by_role("combobox", name="Fallbacks")
    assert model["name"] not in choice.locator("option").all_inner_texts()
    assert first not in choice.locator("option").all_inner_texts(), "it is chosen already"

    def focused() -> str:
        return page.evaluate("document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent")

    for name in (second, third):
        choice.focus()
        page.keyboard.type(name)
        page.keyboard.press("Tab")
        assert focused() == "Add"
        page.keyboard.press("Enter")
        expect(choice).to_be_focused()
    expect(page.get_by_text(f"{third} is number 3 of 3.")).to_be_attached()
    page.get_by_role("button", name=f"Move {third} up").focus()
    page.keyboard.press("Enter")
    assert focused() == f"Move {third} up"
    page.keyboard.press("Enter")
    # At the top there is no further up.
    assert focused() == f"Move {third} down"
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.get_by_role("button", name=f"Take {first} out").focus()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.closest('.order') !== null")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved. It holds from the next call on.", exact=True)).to_be_visible()
    assert admin.get(f"/admin/model/detail/{model['id']}")["config"]["fallbacks"] == [third, second]
    for name in (second, third):
        page.get_by_role("button", name=f"Take {name} out").click()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved. It holds from the next call on.", exact=True).nth(1)).to_be_visible()
    assert "fallbacks" not in admin.get(f"/admin/model/detail/{model['id']}")["config"]


def test_saving_a_model_keeps_its_secret_and_all_else_of_its_configuration(visit, make_caller, provider):
    caller = make_caller(
        provider.script(["text", "still here"], ["finish", "end_turn"]),
        "openai",
        config={"timeouts": {"total_ms": 60_000}},
    )
    page = visit.sign_in(room=f"models/{caller.model_row['id']}")
    page.get_by_label("Price of output").fill("0.000000001")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved. It holds from the next call on.", exact=True)).to_be_visible()
    now = model_named(visit, caller.model)
    assert now["price_out"] == 1e-09 and now["price_in"] == caller.model_row["price_in"]
    assert now["config"] == caller.model_row["config"]
    assert caller.ask().choices[0].message.content == "still here"


def test_the_test_button_shows_the_answer_or_the_provider_s_own_error(visit, make_caller, provider):
    good = make_caller(provider.script(["text", "<b>pong</b>"], ["finish", "end_turn"]))
    page = visit.sign_in(room=f"models/{good.model_row['id']}")
    page.get_by_role("button", name="Test it").click()
    expect(page.get_by_text("It works.")).to_be_visible()
    expect(page.get_by_text("<b>pong</b>")).to_be_visible()
    words = "You don't have access to the model with the specified model ID."
    denied = make_caller(provider.script(refuse=bedrock.refusal("AccessDeniedException", words)))
    visit.go(f"models/{denied.model_row['id']}")
    page.get_by_role("button", name="Test it").click()
    expect(page.get_by_text(words)).to_be_visible()
    bad = visit.instance.admin.create_model("openai-compatible", {"baseURL": "http://127.0.0.1:9/v1", "maxRetries": 0})
    visit.go(f"models/{bad['id']}")
    page.get_by_role("button", name="Test it").click()
    told = visit.instance.admin.post("/admin/model/test", id=bad["id"])["error"]
    expect(page.get_by_text(told["message"], exact=True)).to_be_visible()
    expect(page.get_by_text(told["detail"], exact=True)).to_be_visible()


def test_a_model_is_allowed_to_groups_and_keys_and_deleted_by_its_name(visit):
    admin = visit.instance.admin
    group = admin.post("/admin/group/save", name=admin.unique("may"))
    key = admin.create_key(group_id=None)
    model = admin.create_model("echo", {}, name=admin.unique("shared"))

    def bound(owner: str, **query: int) -> list[str]:
        return [row["model_name"] for row in admin.get(f"/admin/{owner}/list-model", **query)["items"]]

    page = visit.sign_in(room=f"models/{model['id']}")
    page.get_by_role("checkbox", name=group["name"]).check()
    expect(page.get_by_text(f"{group['name']} may use it now.")).to_be_visible()
    assert bound("group", group_id=group["id"]) == [model["name"]]
    page.get_by_role("checkbox", name=group["name"]).uncheck()
    expect(page.get_by_text(f"{group['name']} may not use it any more.")).to_be_visible()
    assert bound("group", group_id=group["id"]) == []
    page.get_by_label("A single key").select_option(label=key["name"])
    page.get_by_role("button", name="Allow").click()
    expect(page.get_by_text(f"{key['name']} may use it now.")).to_be_visible()
    assert bound("api-key", key_id=key["id"]) == [model["name"]]
    page.get_by_role("button", name="Delete").click()
    page.get_by_label("to confirm").fill(model["name"])
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Models")
    assert admin.get("/admin/model/list", q=model["name"])["total"] == 0


def test_groups_are_made_changed_given_models_and_deleted(visit):
    admin = visit.instance.admin
    model = admin.create_model("echo", {})
    name = admin.unique(HOSTILE)
    page = visit.sign_in(room="groups")
    page.get_by_role("button", name="Add a group").click()
    page.get_by_role("dialog").get_by_label("Name", exact=False).first.fill(name)
    page.get_by_role("dialog").get_by_role("button", name="Add").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    (group,) = admin.get("/admin/group/list", q=name)["items"]
    admin.create_key(group_id=group["id"], name=admin.unique("member"))
    page.get_by_role("button", name="Edit").click()
    page.get_by_label("Short name").fill("cc-17")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("cc-17")).to_be_visible()
    assert admin.get(f"/admin/group/detail/{group['id']}")["key"] == "cc-17"
    page.get_by_label("Another model").select_option(label=model["name"])
    page.get_by_role("button", name="Allow").click()
    expect(page.get_by_role("link", name=model["name"], exact=True)).to_be_visible()
    assert admin.get("/admin/group/list-model", group_id=group["id"])["total"] == 1
    page.reload()
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_text("Its key will belong to no group")).to_be_visible()
    page.get_by_label("to confirm").fill(name)
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Groups")
    assert admin.get("/admin/group/list", q=name)["total"] == 0


def saved(page) -> None:
    expect(page.get_by_text("Saved. It holds from the next call on.", exact=True).last).to_be_visible()


def test_saving_leaves_alone_what_somebody_else_has_changed_meanwhile(visit):
    admin = visit.instance.admin
    config = {"baseURL": "http://127.0.0.1:9/v1", "apiKey": "sk-0123456789abcdef"}
    model = admin.create_model("openai-compatible", config)
    page = visit.sign_in(room=f"models/{model['id']}")
    admin.post("/admin/model/save", id=model["id"], price_in=7, config={**model["config"], "model": "gpt-9"})
    page.get_by_label("Price of output").fill("20")
    page.get_by_role("button", name="Save").click()
    saved(page)
    now = model_named(visit, model["name"])
    assert (now["price_in"], now["price_out"], now["config"]["model"]) == (7, 20, "gpt-9")
    expect(page.get_by_label("Price of input")).to_have_value("7")

    # A configuration is saved as a whole, so an old one is refused.
    admin.post("/admin/model/save", id=model["id"], config={**now["config"], "model": "gpt-10"})
    page.locator('[name="config.baseURL"]').fill("http://127.0.0.1:9/v2")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("Somebody else has changed these settings meanwhile.")
    assert model_named(visit, model["name"])["config"]["model"] == "gpt-10"
    page.reload()
    page.locator('[name="config.baseURL"]').fill("http://127.0.0.1:9/v2")
    page.get_by_role("button", name="Save").click()
    saved(page)
    config = model_named(visit, model["name"])["config"]
    assert config == {"baseURL": "http://127.0.0.1:9/v2", "apiKey": "sk-0****", "model": "gpt-10"}


def test_a_model_that_is_renamed_has_its_new_name_everywhere_and_the_focus_stays(visit):
    admin = visit.instance.admin
    model = admin.create_model("echo", {})
    name = admin.unique("renamed")
    page = visit.sign_in(room=f"models/{model['id']}")
    page.get_by_label("Name").fill(name)
    page.get_by_role("button", name="Save").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    expect(page.get_by_role("button", name="Save")).to_be_focused()
    link = page.get_by_role("main").get_by_role("link", name="Playground")
    expect(link).to_have_attribute("href", f"#/playground?model={name}")
    page.get_by_role("button", name="Delete").click()
    page.get_by_label(f"Type “{name}” to confirm").fill(name)
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Models")
    assert admin.get("/admin/model/list", q=name)["total"] == 0


def test_a_fault_of_the_configuration_stands_at_its_field(visit):
    visit.expected_statuses = {400, 422}
    model = visit.instance.admin.create_model("openai-compatible", {"baseURL": "http://127.0.0.1:9/v1"})
    page = visit.sign_in(room=f"models/{model['id']}")
    page.get_by_text("More settings").click()
    page.get_by_label("timeouts").fill('{"total_ms": -1}')
    page.locator('[name="config.baseURL"]').fill("no address")
    page.get_by_role("button", name="Save").click()
    expect(page.locator('[name="config.baseURL"]')).to_have_attribute("aria-invalid", "true")
    expect(page.locator('[name="config.baseURL"]')).to_be_focused()
    page.locator('[name="config.baseURL"]').fill("http://127.0.0.1:9/v1")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_label("timeouts")).to_have_attribute("aria-invalid", "true")


def test_a_switch_waits_for_its_answer_and_goes_back_when_it_fails(visit):
    visit.expected_statuses = {503}
    admin = visit.instance.admin
    group = admin.post("/admin/group/save", name=admin.unique("switched"))
    model = admin.create_model("echo", {})
    page = visit.sign_in(room=f"models/{model['id']}")
    switch = page.get_by_role("checkbox", name=group["name"])
    held = Held(page, "**/admin/group/bind-model")
    switch.focus()
    page.keyboard.press("Space")
    sent = held.take()
    expect(switch).to_be_disabled()
    sent.fulfill(status=503, json={"success": False, "error": {"message": "Storage is busy."}})
    expect(page.get_by_role("alert")).to_contain_text("Storage is busy.")
    expect(switch).not_to_be_checked()
    expect(switch).to_be_focused()
    page.keyboard.press("Space")
    expect(page.get_by_text(f"{group['name']} may use it now.")).to_be_visible()
    assert admin.get("/admin/group/list-model", group_id=group["id"])["total"] == 1
