"""Dashboard, sessions, calls, playground, webhooks and audit."""

from __future__ import annotations

import csv

from playwright.sync_api import expect

from harness.waiting import until

HOSTILE = "<script>alert('prompt')</script><img src=x onerror=alert(2)>"

#: Ends in a fee below a thousandth of a cent, at the prices of the harness.
USED = ["usage", {"inputTokens": 1, "outputTokens": 2, "totalTokens": 3}]


def test_a_call_is_found_read_and_exported_as_text(visit, make_caller, provider):
    script = provider.script(
        ["reasoning", "thinking <i>hard</i>"],
        ["text", HOSTILE],
        ["tool", "t1", "weather", ['{"city": "<b>Bern</b>"}']],
        ["finish", "tool_use"],
    )
    caller = make_caller(script, key={"name": f"{visit.instance.admin.unique('who')} {HOSTILE}"[:200]})
    word = visit.instance.admin.unique("findme").replace("-", "")
    caller.openai.with_options(default_headers={"Session-Id": word}).chat.completions.create(
        model=caller.model,
        messages=[{"role": "system", "content": "be <u>safe</u>"}, {"role": "user", "content": f"{word} {HOSTILE}"}],
    )
    record = caller.thread()
    page = visit.sign_in(room="threads")
    page.get_by_label("Search").fill(word)
    expect(page.get_by_text("1–1 of 1")).to_be_visible()
    with page.expect_download() as saved:
        page.get_by_role("button", name="Export as CSV").click()
    with saved.value.path().open(newline="") as file:
        (line,) = csv.DictReader(file)
    assert int(line["id"]) == record["id"] and word in line["prompt"]
    page.get_by_role("table").get_by_role("link").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Call {record['id']}")
    for text in ("be <u>safe</u>", f"{word} {HOSTILE}", record["request_id"]):
        expect(page.get_by_text(text, exact=True)).to_be_visible()
    expect(page.locator(".turn.assistant")).to_contain_text(HOSTILE)
    expect(page.get_by_text("Calls weather")).to_be_visible()
    expect(page.get_by_text("<b>Bern</b>")).to_be_visible()
    page.get_by_text("Reasoning", exact=True).click()
    expect(page.get_by_text("thinking <i>hard</i>")).to_be_visible()
    visit.go(f"sessions/{record['session_id']}")
    expect(page.locator(".conversation")).to_contain_text(HOSTILE)
    assert page.locator("main img, main script, main i, main b").count() == 0


def test_the_dashboard_tells_what_the_ledger_tells_and_what_needs_attention(visit, make_caller, provider):
    admin = visit.instance.admin
    script = provider.script(["text", "hello"], ["finish", "end_turn"], USED)
    caller = make_caller(script, key={"month_quota": 0.0000001, "balance": 1})
    caller.ask()
    caller.thread()
    page = visit.sign_in()
    total = admin.get("/admin/statistics/total")
    latency = admin.get("/admin/statistics/latency")
    figure = page.locator(".figure")
    fee = visit.instance.ledger.value("SELECT SUM(fee) FROM threads")
    assert fee > 0
    title = figure.filter(has_text="Spent this month").locator("dd").get_attribute("title")
    assert round(float(title.replace("$", "").replace(",", "")) * 1e9) == fee
    expect(figure.filter(has=page.get_by_text("Calls", exact=True)).locator("dd")).to_have_attribute(
        "title", f"{total['calls']:,}"
    )
    expect(figure.filter(has_text="First byte")).to_contain_text(f"{latency['first_byte_latency']['p50']} ms")
    attention = page.get_by_role("listitem").filter(has_text="quota used up")
    expect(attention.get_by_role("link", name=caller.key_row["name"])).to_be_visible()
    page.get_by_label("What the chart shows").select_option("calls")
    today = admin.get("/admin/statistics/usage", group_by="day", limit=1)["items"][0]
    expect(page.locator(".chart title").last).to_contain_text(f": {today['calls']:,}")


def test_a_user_sees_the_own_page_and_only_that(visit, make_caller, provider):
    caller = make_caller(provider.script(["text", "mine"], ["finish", "end_turn"]), key={"month_quota": 5})
    other = make_caller(provider.script(["text", "theirs"], ["finish", "end_turn"]))
    for each in (caller, other):
        each.ask()
        each.thread()
    page = visit.sign_in(caller.key)
    expect(page.get_by_text("of $5.00")).to_be_visible()
    expect(page.get_by_role("link", name=caller.model)).to_be_visible()
    visit.go("threads")
    expect(page.get_by_text("1–1 of 1")).to_be_visible()
    visit.go("models")
    expect(page.get_by_role("row").filter(has_text=caller.model)).to_be_visible()
    assert page.get_by_text(other.model).count() == 0
    visit.expected_statuses = {404}
    visit.go(f"threads/{other.thread()['id']}")
    expect(page.get_by_role("heading", level=1)).to_have_text("There is no such row")


def test_the_playground_streams_an_answer_and_tells_what_the_ledger_has(visit, make_caller, provider):
    script = provider.script(
        ["text", "first <b>half</b>, "], ["wait", "go"], ["text", "second half"], ["finish", "end_turn"], USED
    )
    caller = make_caller(script)
    page = visit.sign_in(caller.key, room="playground")
    page.get_by_label("System prompt").fill("Be brief.")
    page.get_by_label("Most tokens").fill("99")
    page.get_by_label("Temperature").fill("0.7")
    page.get_by_label("Your message").fill(HOSTILE)
    page.keyboard.press("Control+Enter")
    reply = page.locator(".turn.assistant")
    expect(reply).to_contain_text("first <b>half</b>, ")
    expect(page.get_by_role("button", name="Stop")).to_be_visible()
    script.signal("go")
    expect(reply).to_contain_text("second half")
    record = caller.thread()
    assert record["fee"] > 0
    expect(reply.get_by_role("link", name="record")).to_have_attribute("href", f"#/threads/{record['id']}")
    expect(reply.locator(".cost")).to_contain_text(f"{record['fee']:.9f}".rstrip("0"))
    detail = caller.detail()
    assert [message["role"] for message in detail["whole_prompt"]] == ["system", "user"]
    assert record["stream"] and record["session_id"]
    page.get_by_role("button", name="As curl").click()
    shown = page.get_by_role("region", name="curl")
    expect(shown).to_contain_text('"temperature": 0.7')
    assert caller.key not in shown.inner_text()


def test_the_playground_keeps_a_message_that_failed_and_says_why(visit):
    admin = visit.instance.admin
    model = admin.create_model("echo", {})
    key = admin.create_key(month_quota=0)
    admin.bind(key["id"], model["id"])
    visit.expected_statuses = {429}
    page = visit.sign_in(key["api_key"], room="playground")
    page.get_by_label("Your message").fill("hello")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("alert")).to_contain_text("quota")
    expect(page.get_by_label("Your message")).to_have_value("hello")
    assert admin.threads(key["id"]) == []


def test_a_stopped_answer_is_settled_as_cancelled(visit, make_caller, provider):
    caller = make_caller(provider.script(["text", "begun"], ["wait", "never"], ["finish", "end_turn"]))
    page = visit.sign_in(caller.key, room="playground")
    page.get_by_label("Your message").fill("stop me")
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".turn.assistant")).to_contain_text("begun")
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_text("Stopped.")).to_be_visible()
    until(lambda: caller.thread()["status"] == "cancelled", "the call was settled")


def test_a_webhook_is_made_with_the_callback_to_copy_changed_and_deleted(visit):
    admin = visit.instance.admin
    model = admin.create_model("echo", {})
    name = admin.unique("bot")
    page = visit.sign_in(room="webhooks")
    page.get_by_role("button", name="Add a webhook").first.click()
    entry = page.get_by_role("dialog")
    for label, value in (
        ("Name", name),
        ("App ID", f"cli_{name}"),
        ("App Secret", "s3cr3t-0123456789"),
        ("Key", admin.create_key()["api_key"]),
    ):
        entry.get_by_label(label).first.fill(value)
    entry.get_by_label("Model").select_option(model["name"])
    entry.get_by_role("button", name="Save").click()
    callback = page.get_by_role("region", name="Callback URL")
    expect(callback).to_have_text(f"{visit.instance.url}/bot/feishu/{name}/webhook/event")
    page.get_by_role("button", name="Done").click()
    (made,) = admin.get("/admin/bot/feishu/list", q=name)["items"]
    assert made["config"]["appId"] == f"cli_{name}" and made["config"]["modelId"] == model["name"]
    line = page.get_by_role("row").filter(has_text=name)
    line.get_by_role("button", name="Edit").click()
    entry.get_by_label("Address of the platform").fill("https://open.larksuite.com")
    entry.get_by_role("button", name="Save").click()
    expect(entry).to_have_count(0)
    now = admin.get(f"/admin/bot/feishu/detail/{made['id']}")["config"]
    assert now == {**made["config"], "baseUrl": "https://open.larksuite.com"}
    line.get_by_role("button", name="Delete").click()
    entry.get_by_label("to confirm").fill(name)
    entry.get_by_role("button", name="Delete").click()
    expect(line).to_have_count(0)
    assert admin.get("/admin/bot/feishu/list", q=name)["total"] == 0


def test_the_audit_tells_who_changed_what(visit):
    admin = visit.instance.admin
    key = admin.create_key(name=f"{admin.unique('audited')} {HOSTILE}")
    page = visit.sign_in(room="audit")
    page.get_by_label("Action").select_option("key.create")
    line = page.get_by_role("row").filter(has_text=f"key:{key['id']}").first
    expect(line).to_contain_text("key.create")
    expect(line).to_contain_text("onerror=alert(2)")
    found = admin.get("/admin/audit/list", action="key.create", limit=1)
    expect(page.get_by_text(f"of {found['total']}")).to_be_visible()
