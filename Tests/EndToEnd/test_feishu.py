"""The Feishu bot through nginx, against a platform that enforces its rules, with encryption on and off."""

from __future__ import annotations

import base64
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from harness.feishu import ANSWER, OPEN_ID
from harness.processes import Process
from harness.waiting import until

PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)
both = pytest.mark.parametrize("encrypted", [True, False], ids=["encrypted", "plain"])


def slowly(pieces: int, pause: float = 0.1, text: str = "word ") -> list:
    usage = ["usage", {"inputTokens": 8, "outputTokens": pieces}]
    return [["repeat", pieces, [["text", text], ["pause", pause]]], ["finish", "end_turn"], usage]


@both
def test_the_platform_s_check_of_the_address_is_answered(make_bot, encrypted):
    bot = make_bot(encrypted=encrypted)
    body = bot.body({"challenge": "c-1", "token": "the-verification-token", "type": "url_verification"})
    answer = httpx.post(bot.url, content=body)
    assert (answer.status_code, answer.json()) == (200, {"challenge": "c-1"})
    assert bot.events() == []


@both
def test_a_message_is_answered_in_place_and_stands_in_the_ledger_once(make_bot, encrypted):
    bot = make_bot(encrypted=encrypted)
    message = bot.say("ping", chat="oc_a")
    (event,) = bot.wait()
    assert (event["state"], event["attempts"], event["reason"], event["chat_id"]) == ("done", 1, None, "oc_a")
    (reply,) = bot.replies(message)
    texts = [text for _, text in reply["shown"]]
    assert texts[0] == "Thinking…" and texts[-1] == "pong"
    thread = bot.caller.thread()
    assert (thread["prompt"], thread["completion"], thread["status"]) == ("ping", "pong", "ok")
    session = bot.caller.instance.admin.get(f"/admin/session/detail/{thread['session_id']}")
    assert session["key"] == "oc_a"
    bot.caller.assert_released()


@both
def test_whatever_is_not_the_platform_s_is_refused_and_leaves_nothing(make_bot, encrypted):
    bot = make_bot(encrypted=encrypted)
    refused = [bot.post(bot.event(token="another")), bot.post(bot.event(age=9 * 3600))]
    body = bot.body(bot.event())
    good = bot.headers(body)
    post = lambda content, headers: bot.http.post(bot.url, content=content, headers=headers)  # noqa: E731
    refused += [post(b"{", good), post(b"{}", good), post(b'{"encrypt": "AAAA"}', bot.headers(b'{"encrypt": "AAAA"}'))]
    if encrypted:
        refused += [
            post(body, {}),
            post(body + b" ", good),
            post(body, bot.headers(body, key="another")),
            post(body, bot.headers(body, age=301)),
            post(body, bot.headers(body, age=-330)),
        ]
    else:
        refused.append(post(body, {"X-Lark-Request-Timestamp": str(int(time.time()) - 400)}))
    for answer in refused:
        shape = answer.json()
        assert answer.status_code == 403 and shape["error"].pop("request_id"), answer.text
        assert shape == {
            "success": False,
            "data": "The request is not from the platform of this bot.",
            "error": {
                "message": "The request is not from the platform of this bot.",
                "type": "permission_error",
                "code": "callback_refused",
            },
        }
    missing = httpx.post(bot.url.replace(bot.name, "nobody"), content=body, headers=good)
    assert missing.status_code == 404 and missing.json()["error"]["code"] == "bot_not_found"
    assert set(missing.json()["error"]) == {"message", "type", "code", "request_id"}
    assert bot.events() == [] and bot.seen()["calls"] == [] and bot.caller.script.calls() == []


def test_the_callback_answers_at_once_whatever_the_model_does(make_bot):
    bot = make_bot(["wait", "go"], *ANSWER)
    bot.post(bot.event(kind="text", content={}, group=True))  # The connection and the worker's first request.
    times = []
    for number in range(5):
        body = bot.body(bot.event(chat=f"oc_{number}"))
        headers = bot.headers(body)
        began = time.monotonic()
        assert bot.http.post(bot.url, content=body, headers=headers).json()["data"] == "accepted"
        times.append(time.monotonic() - began)
    # The median, since other programs share the machine.
    assert sorted(times)[2] < 0.2, times
    bot.caller.script.signal("go")
    assert [event["state"] for event in bot.wait(5)] == ["done"] * 5


@both
def test_an_event_sent_five_times_at_once_to_four_workers_is_answered_once(make_instance, make_bot, encrypted):
    bot = make_bot(*slowly(5), instance=make_instance(workers=4), encrypted=encrypted)
    document = bot.event("once")
    answers = bot.post_together(document, 5)
    assert sorted(answer.json()["data"] for answer in answers) == ["accepted"] + ["repeated"] * 4
    bot.wait()
    assert bot.post(document).json()["data"] == "repeated"
    assert len(bot.replies()) == 1 and bot.texts() == ["word " * 5]
    assert len(bot.caller.instance.ledger.threads(bot.caller.key_id)) == 1


def test_a_worker_killed_while_answering_leaves_the_answer_to_another_once(make_instance, make_bot):
    instance = make_instance(workers=2)
    bot = make_bot(*slowly(100), instance=instance)
    message = bot.say("long")
    until(lambda: any(len(r["shown"]) > 3 for r in bot.replies(message)), "the answer grows", 15)
    bot.caller.script.set(*ANSWER)
    (holder,) = [w for w in instance.workers() if w.sockets() & connected(w, bot.provider.bedrock_url)]
    began = time.monotonic()
    holder.send(signal.SIGKILL)
    (event,) = bot.wait(limit=35)
    assert time.monotonic() - began < 30
    assert (event["state"], event["attempts"]) == ("done", 2)
    assert bot.texts(message) == ["pong"], "one card, which the second worker went on with"
    assert len(bot.caller.script.calls()) == 2
    assert [row["status"] for row in instance.ledger.threads(bot.caller.key_id)] == ["ok"]


def test_a_stop_leaves_open_answers_to_the_next_start_which_answers_nothing_twice(make_instance, make_bot):
    instance = make_instance(workers=2, BROOK_DRAIN_SECONDS="1")
    bot = make_bot(instance=instance)
    answered = bot.event("answered")
    assert bot.post(answered).json()["data"] == "accepted"
    bot.wait()
    bot.caller.script.set(["text", "half"], ["wait", "never"], *ANSWER)
    cut, waiting = bot.say("cut off"), bot.say("waiting")
    until(lambda: any(r["shown"][-1][1].startswith("half") for r in bot.replies(cut)), "the answer grows", 15)
    instance.stop()
    bot.caller.script.set(*ANSWER)
    instance.start()
    events = bot.wait(3, limit=30)
    assert [(event["state"], event["attempts"]) for event in events] == [("done", 1), ("done", 2), ("done", 1)]
    assert bot.texts(cut) == ["pong"] and bot.texts(waiting) == ["pong"]
    assert bot.post(answered).json()["data"] == "repeated"
    assert len(bot.replies()) == 3
    statuses = [row["status"] for row in instance.ledger.threads(bot.caller.key_id)]
    assert sorted(statuses) == ["cancelled", "ok", "ok", "ok"], "what was cut off is billed by what came"


def connected(worker: Process, url: str) -> set[str]:
    """The sockets of the machine that are connected to the URL's port, as `Process.sockets` names them."""
    port = f":{int(url.rpartition(':')[2]):04X}"
    rows = [line.split() for line in Path(f"/proc/{worker.pid}/net/tcp").read_text().splitlines()]
    return {f"socket:[{fields[9]}]" for fields in rows if fields[2].endswith(port)}


def test_an_answer_is_edited_at_most_four_times_a_second_and_only_with_its_last_state(make_bot):
    bot = make_bot(*slowly(300, 0.01))
    message = bot.say()
    bot.wait()
    (reply,) = bot.replies(message)
    times = [when for when, _ in reply["shown"][1:]]
    assert 5 <= len(times) <= 40
    for start in times:
        assert sum(start <= when < start + 1 for when in times) <= 4
    texts = [text for _, text in reply["shown"]]
    assert texts[-1] == "word " * 300 and all(text.endswith(" …") for text in texts[1:-1])
    lengths = [len(text) for text in texts[1:-1]]
    assert lengths == sorted(lengths)


def test_an_answer_of_100_kb_goes_on_in_further_cards(make_bot):
    line = 'a "quoted" line <at id=all> with 中文\n'
    bot = make_bot(*slowly(40, 0.01, "```\n" + line * 60 + "```\n" + line))
    message = bot.say()
    bot.wait()
    texts = bot.texts(message)
    assert len(texts) > 3
    whole = "".join(texts)
    assert whole.count("with 中文") == 40 * 61
    assert whole.count("&#60;at id=all>") == 40, "tags outside of code call nobody"


def test_commands_begin_sessions_change_models_and_help(make_bot, make_caller, provider):
    bot = make_bot()
    assert "/new" in bot.ask("/help") and "**命令**" not in bot.ask("/help")
    assert bot.ask("one", chat="oc_1") == "pong" and bot.ask("two", chat="oc_1") == "pong"
    sent = bot.caller.script.calls()[-1].json["messages"]
    assert [(m["role"], m["content"][0]["text"]) for m in sent] == [
        ("user", "one"),
        ("assistant", "pong"),
        ("user", "two"),
    ]
    assert bot.ask("three", chat="oc_2") == "pong"
    assert len(bot.caller.script.calls()[-1].json["messages"]) == 1, "another chat is another session"
    assert bot.ask("/new", chat="oc_1") == "A new session has begun."
    assert bot.ask("four", chat="oc_1") == "pong"
    assert len(bot.caller.script.calls()[-1].json["messages"]) == 1
    other = make_caller(provider.script(["text", "other"], *ANSWER[2:]))
    assert "no such model" in bot.ask(f"/model {other.model}")
    bot.caller.instance.admin.bind(bot.caller.key_id, other.model_row["id"])
    assert other.model in bot.ask("/model")
    assert other.model in bot.ask(f"/model {other.model}")
    assert bot.ask("five") == "other"
    assert bot.ask("six", chat="oc_2") == "pong", "a model is a chat's"


def test_in_a_group_the_bot_answers_only_when_it_is_mentioned(make_bot):
    bot = make_bot()
    assert bot.post(bot.event("hello", group=True)).json()["data"] == "ignored"
    bot.say("@_user_1 hello", group=True, mentions=[("@_user_1", "ou_other")])
    (event,) = bot.wait()
    assert event["state"] == "done" and bot.replies() == [] and bot.caller.script.calls() == []
    mentions = [("@_user_1", OPEN_ID), ("@_user_2", "ou_x")]
    assert bot.ask("@_user_1 ask @_user_2", group=True, mentions=mentions) == "pong"
    assert bot.caller.thread()["prompt"] == "ask @Somebody"


def test_images_and_files_go_to_models_that_take_them(make_bot):
    bot = make_bot(model={"multiple": True})
    resources = {
        "img_1": ("image/png", base64.b64encode(PNG).decode()),
        "file_1": ("application/octet-stream", base64.b64encode(b"a,b\n1,2\n").decode()),
        "file_2": ("application/octet-stream", base64.b64encode(b"%PDF-1.4\n").decode()),
        "file_3": ("application/octet-stream", base64.b64encode(b"\0\1\2").decode()),
        "file_4": ("application/octet-stream", base64.b64encode(bytes(6 * 1024 * 1024)).decode()),
    }
    bot.provider.feishu("PUT", bot.app, {"resources": resources})
    assert bot.ask(kind="image", content={"image_key": "img_1"}, chat="oc_1") == "pong"
    parts = bot.caller.script.calls()[-1].json["messages"][-1]["content"]
    assert base64.b64decode(parts[1]["image"]["source"]["bytes"]) == PNG
    assert bot.ask(kind="file", content={"file_key": "file_1", "file_name": "t.csv"}, chat="oc_2") == "pong"
    parts = bot.caller.script.calls()[-1].json["messages"][-1]["content"]
    assert "t.csv:\n\na,b\n1,2\n" in [part.get("text") for part in parts]
    assert bot.ask(kind="file", content={"file_key": "file_2", "file_name": "t.pdf"}, chat="oc_3") == "pong"
    parts = bot.caller.script.calls()[-1].json["messages"][-1]["content"]
    assert parts[1]["document"]["format"] == "pdf"
    calls = len(bot.caller.script.calls())
    for key in ("file_3", "file_4"):
        assert "无法读取" in bot.ask(kind="file", content={"file_key": key, "file_name": "t.bin"}, chat="oc_4")
    missing = {"file_key": "missing", "file_name": "t.bin"}
    assert "没有提供这个文件" in bot.ask(kind="file", content=missing, chat="oc_4")
    assert [event["reason"] for event in bot.events() if event["state"] == "failed"] == ["platform_234003"]
    assert "抱歉" in bot.ask(kind="sticker", content={"file_key": "x"})
    assert len(bot.caller.script.calls()) == calls
    blind = make_bot()
    assert "不能查看图片" in blind.ask(kind="image", content={"image_key": "img_1"})
    assert blind.caller.script.calls() == []


def test_a_key_without_quota_a_failing_model_and_a_wrong_key_are_told_without_anything_of_the_inside(make_bot):
    poor = make_bot(key={"month_quota": 0})
    assert poor.ask("hello") == "The quota of this bot is used up. Please tell its administrator."
    assert poor.ask("你好") == "额度已用完,请联系管理员。"
    assert [event["reason"] for event in poor.events()] == ["insufficient_quota"] * 2
    assert poor.caller.script.calls() == []
    failing = make_bot(["text", "half"], ["exception", "internalServerException", "arn:aws:secret"])
    assert failing.ask("hello") == "half\n\n---\nThe model failed. Please try again shortly."
    wrong = make_bot(apiKey="br-nobody")
    assert "not configured correctly" in wrong.ask("hello")


@pytest.mark.timeout(120)
def test_a_token_that_ends_is_fetched_again(make_bot):
    bot = make_bot()
    assert bot.ask("one") == "pong"
    bot.provider.feishu("DELETE", bot.app)
    assert bot.ask("two") == "pong"
    short = make_bot(expire=301)
    for text in ("one", "two", "three"):
        assert short.ask(text) == "pong"
        time.sleep(1.2)
    tokens = [call for call in short.seen()["calls"] if call[2] == "token"]
    assert 2 <= len(tokens) <= 6


def test_the_platform_s_refusals_for_its_limits_are_waited_out(make_bot):
    bot = make_bot()
    bot.provider.feishu("PUT", bot.app, {"refusals": [99991400, 429]})
    assert bot.ask("hello") == "pong"
    refused = make_bot()
    refused.provider.feishu("PUT", refused.app, {"refusals": [230002]})
    refused.say("hello")
    (event,) = refused.wait()
    assert (event["state"], event["reason"]) == ("failed", "platform_230002")
    assert refused.caller.script.calls() == [], "what cannot be replied to costs nothing"


def test_the_credentials_of_a_bot_can_be_tested(make_bot):
    bot = make_bot()
    admin = bot.caller.instance.admin
    tested = admin.post("/admin/bot/feishu/test", id=bot.row["id"])
    assert tested["ok"] and tested["open_id"] == OPEN_ID and tested["verified"] and tested["encrypted"]
    admin.post("/admin/bot/feishu/save", appId=bot.app, appSecret="wrong")
    tested = admin.post("/admin/bot-connector/test", id=bot.row["id"])
    assert tested["ok"] is False and tested["error"] == {"code": 10014, "message": "app secret invalid"}


@pytest.mark.timeout(240)
def test_200_messages_at_once_over_20_chats_are_answered_in_order_within_the_platform_s_limits(make_instance, make_bot):
    instance = make_instance(workers=4)
    bot = make_bot(["pause", 0.2], *ANSWER, instance=instance)
    documents = {chat: [bot.event(f"{n}", chat=f"oc_{chat}") for n in range(10)] for chat in range(20)}

    def send(chat: int) -> None:
        for document in documents[chat]:
            assert bot.post(document).json()["data"] == "accepted"

    with ThreadPoolExecutor(20) as pool:
        list(pool.map(send, documents))
    events = bot.wait(200, limit=200)
    assert len(events) == 200 and {event["state"] for event in events} == {"done"}
    assert sorted(bot.texts()) == ["pong"] * 200
    shown = {reply["replies_to"]: reply["shown"] for reply in bot.replies()}
    for chat in documents.values():
        replies = [shown[document["event"]["message"]["message_id"]] for document in chat]
        for earlier, later in zip(replies, replies[1:]):
            assert earlier[-1][0] <= later[0][0], "an answer is whole before the next one begins"
    rows = instance.ledger.threads(bot.caller.key_id)
    assert len(rows) == 200 and all(row["status"] == "ok" for row in rows)
    assert instance.ledger.month_fee(bot.caller.key_id) == 200 * (8 * 3000 + 4 * 15000)
