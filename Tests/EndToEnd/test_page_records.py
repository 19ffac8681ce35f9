"""Dashboard, sessions, calls, playground, webhooks and audit."""

from __future__ import annotations

import csv
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import httpx
import openai
import pytest
from playwright.sync_api import expect

from harness.browser import fact
from harness.waiting import until
from scripted import bedrock

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
    # As in Firefox and Safari, and by plain HTTP.
    visit.context.add_init_script("delete window.showSaveFilePicker")
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


def test_the_dashboard_names_models_that_fail_and_keys_that_end_and_ranks_by_fee(visit, make_caller, provider):
    admin = visit.instance.admin
    soon = (datetime.now(UTC) + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M:%SZ")
    refused = provider.script(refuse=bedrock.refusal("ValidationException", "no"))
    failing = make_caller(refused, key={"expires_at": soon})
    with pytest.raises(openai.APIStatusError):
        failing.ask()
    failing.thread()
    page = visit.sign_in()
    attention = page.get_by_role("listitem")
    fails = attention.filter(has_text="fails").filter(has_text=failing.model)
    expect(fails).to_contain_text("1 of 1 call in 24 hours")
    ends = attention.filter(has_text="expires").filter(has_text=failing.key_row["name"])
    expect(ends.get_by_role("link")).to_have_attribute("href", f"#/keys/{failing.key_id}")
    month = datetime.now(UTC).strftime("%Y-%m-01")
    for group, title, column in (("model", "Models this month", "model"), ("key", "Keys this month", "key_name")):
        rows = admin.get("/admin/statistics/usage", group_by=group, **{"from": month, "limit": 6})["items"]
        block = page.locator("section").filter(has=page.get_by_role("heading", name=title))
        assert block.locator(".rank a").all_inner_texts() == [each[column] for each in rows]
        titles = [node.get_attribute("title") for node in block.locator(".rank [title]").all()]
        exact = [round(float(text.replace("$", "").replace(",", "")) * 1e9) for text in titles]
        assert exact == [round(each["fee"] * 1e9) for each in rows]


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
    page.get_by_role("dialog").get_by_role("button", name="Copy").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == callback.inner_text()
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


def test_the_export_goes_to_the_disk_piece_by_piece_where_the_browser_can(visit, make_caller, provider):
    """The picker itself is the browser's; what it answers is a real file, in the page's private folder."""
    caller = make_caller(provider.script(["text", "exported"], ["finish", "end_turn"]))
    caller.ask()
    record = caller.thread()
    visit.context.add_init_script(
        "window.showSaveFilePicker = async ({ suggestedName }) => window.cancelled"
        " ? Promise.reject(new DOMException('', 'AbortError'))"
        " : (await navigator.storage.getDirectory()).getFileHandle(suggestedName, { create: true })"
    )
    visit.expected_statuses = {503}
    page = visit.sign_in(room=f"threads?key_id={caller.key_id}")
    expect(page.get_by_text("1–1 of 1")).to_be_visible()
    export = page.get_by_role("button", name="Export as CSV")
    page.evaluate("window.cancelled = true")
    export.click()
    expect(export).not_to_have_attribute("aria-disabled", "true")
    page.evaluate("window.cancelled = false")
    answer = {"success": False, "error": {"message": "Storage is busy.", "code": "storage_unavailable"}}
    page.route("**/admin/thread/export*", lambda call: call.fulfill(status=503, json=answer), times=1)
    export.click()
    expect(page.get_by_role("alert")).to_contain_text("Storage is busy.")
    export.click()
    expect(page.get_by_text("The export was saved.")).to_be_visible()
    expect(export).to_be_focused()
    text = page.evaluate(
        "async () => (await (await (await navigator.storage.getDirectory())"
        ".getFileHandle('threads.csv')).getFile()).text()"
    )
    (line,) = csv.DictReader(text.splitlines())
    assert int(line["id"]) == record["id"] and line["key_name"] == caller.key_row["name"]


def test_calls_are_narrowed_by_key_model_and_time_as_the_interface_narrows_them(visit, make_caller, provider):
    admin = visit.instance.admin
    mine = make_caller(provider.script(["text", "one"], ["finish", "end_turn"]))
    other = make_caller(provider.script(["text", "two"], ["finish", "end_turn"]))
    admin.bind(mine.key_id, other.model_row["id"])
    mine.ask()
    mine.openai.chat.completions.create(**{**mine.body(), "model": other.model})
    until(lambda: len(admin.threads(mine.key_id)) == 2, "both calls were recorded")
    page = visit.sign_in(room="threads")
    page.get_by_label("Key").select_option(label=mine.key_row["name"])
    expect(page.get_by_text("1–2 of 2")).to_be_visible()
    page.get_by_label("Model").select_option(other.model)
    expect(page.get_by_text("1–1 of 1")).to_be_visible()
    assert admin.get("/admin/thread/list", key_id=mine.key_id, model=other.model)["total"] == 1
    page.get_by_label("From").fill("2031-01-01T00:00")
    page.get_by_label("From").blur()
    expect(page.get_by_text("Nothing matches.")).to_be_visible()
    assert "from=2031-01-01T00%3A00%3A00.000Z" in page.url
    page.get_by_label("From").fill("2021-01-01T00:00")
    page.get_by_label("Until").fill("2031-01-01T00:00")
    page.get_by_label("Until").blur()
    expect(page.get_by_text("1–1 of 1")).to_be_visible()
    page.set_viewport_size({"width": 1440, "height": 900})
    page.reload()
    expect(page.get_by_label("Model")).to_have_value(other.model)
    # How each call ended is seen without scrolling the table.
    expect(page.get_by_role("columnheader", name="State")).to_be_in_viewport()
    expect(page.get_by_text("1–1 of 1")).to_be_visible()


def test_a_session_is_found_and_read_with_its_fees_tokens_tools_and_times(visit, make_caller, provider):
    admin = visit.instance.admin
    script = provider.script(
        ["reasoning", "let me see"],
        ["tool", "t1", "weather", ['{"city": "Bern"}']],
        ["finish", "tool_use"],
        ["usage", {"inputTokens": 21, "outputTokens": 5, "totalTokens": 26}],
    )
    caller = make_caller(script)
    title = admin.unique("what is the weather")
    for _ in range(2):
        caller.openai.with_options(default_headers={"Session-Id": title}).chat.completions.create(
            model=caller.model, messages=[{"role": "user", "content": title}]
        )
    until(lambda: len(admin.threads(caller.key_id)) == 2, "both calls were recorded")
    calls = admin.threads(caller.key_id)
    page = visit.sign_in(room="sessions")
    page.get_by_label("Key").select_option(label=caller.key_row["name"])
    expect(page.get_by_text("1–1 of 1")).to_be_visible()
    page.get_by_label("Search").fill(title)
    page.get_by_role("link", name=title).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    session = admin.get(f"/admin/session/detail/{calls[0]['session_id']}")
    assert session["total_fee"] > 0
    assert fact(page, "Fee") == f"${session['total_fee']:.9f}".rstrip("0")
    assert fact(page, "Tokens") == "42 in, 10 out"
    assert fact(page, "Calls") == "2"
    expect(page.locator(".turn.assistant")).to_have_count(2)
    expect(page.get_by_text("Calls weather")).to_have_count(2)
    page.get_by_text("Reasoning", exact=True).first.click()
    expect(page.get_by_text("let me see").first).to_be_visible()
    for call in calls:
        expect(page.locator(f'.cost:has(a[href="#/threads/{call["id"]}"])')).to_contain_text(caller.model)
    page.locator(f'a[href="#/threads/{calls[0]["id"]}"]').click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Call {calls[0]['id']}")
    call = admin.get(f"/admin/thread/detail/{calls[0]['id']}")
    stored = visit.instance.ledger.threads(caller.key_id)[1]
    assert round(call["fee"] * 1e9) == stored["fee"]
    for name, value in (
        ("Fee", f"${call['fee']:.9f}".rstrip("0")),
        ("Tokens in", "21"),
        ("Tokens out", "5"),
        ("First byte", f"{call['first_byte_latency']} ms"),
        ("Whole answer", f"{call['invocation_latency']} ms"),
        ("Ended by", "tool_calls"),
        ("Request id", call["request_id"]),
        ("Price of input", "$3.00"),
    ):
        assert fact(page, name) == value, name


def test_payments_are_narrowed_to_a_key_and_the_audit_by_action_word_and_time(visit):
    admin = visit.instance.admin
    key = admin.create_key(name=admin.unique("narrowed"))
    admin.post("/admin/api-key/recharge", id=key["id"], balance=4)
    page = visit.sign_in(room="payments")
    page.get_by_label("Key").select_option(label=key["name"])
    expect(page.get_by_text("1–1 of 1")).to_be_visible()
    expect(page.get_by_role("row").filter(has_text="$4.00")).to_be_visible()
    visit.go("audit")
    page.get_by_label("Search").fill(f"key:{key['id']}")
    page.get_by_label("Action").select_option("key.recharge")
    found = page.locator("tbody tr")
    expect(found.filter(has_text="key.create")).to_have_count(0)
    expect(found.filter(has_text=f"key:{key['id']}").first).to_contain_text("key.recharge")
    assert admin.get("/admin/audit/list", q=f"key:{key['id']}", action="key.recharge")["total"] >= 1
    page.get_by_label("Until").fill("2021-01-01T00:00")
    page.get_by_label("Until").blur()
    expect(page.get_by_text("Nothing matches.")).to_be_visible()


def test_what_the_playground_shows_as_curl_and_as_python_runs_as_it_stands(visit, make_caller, provider, tmp_path):
    caller = make_caller(provider.script(["text", "from a program"], ["finish", "end_turn"]))
    page = visit.sign_in(caller.key, room="playground")
    said = """It's "quoted" $HOME `id` \\ 雨"""
    page.get_by_label("System prompt").fill("Be 'brief'.")
    page.get_by_label("Most tokens").fill("50")
    page.get_by_label("top_p").fill("0.9")
    page.get_by_label("Your message").fill(said)
    for name, program in (("curl", ["sh"]), ("Python", [sys.executable])):
        page.get_by_role("button", name=f"As {name}").click()
        text = page.get_by_role("region", name=name).inner_text()
        page.get_by_role("button", name="Done").click()
        file = tmp_path / name
        file.write_text(text.replace("YOUR_KEY", caller.key))
        done = subprocess.run([*program, str(file)], capture_output=True, text=True, timeout=60)
        assert done.returncode == 0 and "from a program" in done.stdout, done.stderr
    until(lambda: len(visit.instance.admin.threads(caller.key_id)) == 2, "both calls were recorded")
    for call in visit.instance.admin.threads(caller.key_id):
        prompt = visit.instance.admin.get(f"/admin/thread/detail/{call['id']}")["whole_prompt"]
        assert [(message["role"], text_in(message)) for message in prompt] == [
            ("system", "Be 'brief'."),
            ("user", said),
        ]
    expect(page.get_by_label("Your message")).to_have_value(said)


def text_in(message: dict) -> str:
    content = message["content"]
    return content if isinstance(content, str) else "".join(part["text"] for part in content)


def test_a_user_reads_the_own_sessions_and_calls_and_has_no_export(visit, make_caller, provider):
    caller = make_caller(provider.script(["text", "mine alone"], ["finish", "end_turn"]))
    other = make_caller(provider.script(["text", "theirs"], ["finish", "end_turn"]))
    for each in (caller, other):
        titled = {"default_headers": {"Session-Id": "own"}}
        each.openai.with_options(**titled).chat.completions.create(**each.body())
    record = caller.thread()
    page = visit.sign_in(caller.key, room="sessions")
    expect(page.get_by_text("1–1 of 1")).to_be_visible()
    page.get_by_role("table").get_by_role("link").click()
    expect(page.locator(".turn.assistant")).to_contain_text("mine alone")
    page.locator(f'a[href="#/threads/{record["id"]}"]').click()
    assert fact(page, "Key") == caller.key_row["name"]
    visit.go("threads")
    assert page.get_by_role("button", name="Export").count() == 0
    mine = httpx.get(f"{visit.instance.url}/user/session/list", headers={"x-api-key": caller.key}).json()["data"]
    assert mine["total"] == 1
    visit.expected_statuses = {404}
    visit.go(f"sessions/{other.thread()['session_id']}")
    expect(page.get_by_role("heading", level=1)).to_have_text("There is no such row")
