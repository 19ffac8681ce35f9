"""Texts, numbers and filters as an attacker would write them, through nginx: a clear answer, and nothing that was not
asked for."""

from __future__ import annotations

import csv
import io
import json

import httpx
import pytest

from harness.instance import Instance

SQL = [
    "'; DROP TABLE threads; --",
    "' OR '1'='1",
    '" OR 1=1 --',
    "1; UPDATE api_keys SET role = 'admin'",
    "') UNION SELECT hash FROM api_keys --",
    "%' ESCAPE '",
    "x' AND (SELECT load_extension('/tmp/x')) --",
    "%_%",
    "?1 :name @x $y",
]
FORMULAS = ["=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(A1)", '=HYPERLINK("http://x","y")', "＝1+1"]
OTHERS = ["<script>alert(1)</script>", "{{7*7}}", "$(id)", "`id`", "../../etc/passwd", "%00", "\\u0000", "a, b; c", '"']
TEXTS = SQL + FORMULAS + OTHERS
HUGE = "9223372036854775808"


@pytest.fixture(scope="module")
def site(shared_maker) -> Instance:
    return shared_maker(workers=2)


@pytest.fixture(scope="module")
def key(site) -> dict:
    """A user's key that may call the model `demo`, which repeats what it is told."""
    return site.admin.create_key(group_id=1)


@pytest.fixture(scope="module")
def user(site, key):
    with httpx.Client(base_url=site.url, headers={"Authorization": f"Bearer {key['api_key']}"}, timeout=15) as client:
        yield client


def everything(site: Instance) -> dict:
    """The schema, and all rows but what calls leave."""
    tables = ("api_keys", "key_groups", "models", "model_rights", "payments", "webhooks", "retired_keys", "audit")
    rows = {name: site.ledger.rows(f"SELECT * FROM {name} ORDER BY 1") for name in tables}
    return {"schema": site.ledger.rows("SELECT name, sql FROM sqlite_schema ORDER BY name"), **rows}


def chat(user: httpx.Client, content: str, **headers: str) -> httpx.Response:
    body = {"model": "demo", "messages": [{"role": "user", "content": content}]}
    return user.post("/v1/chat/completions", json=body, headers=headers)


def assert_refused(answer: httpx.Response, *statuses: int) -> dict:
    assert answer.status_code in statuses, f"{answer.status_code} {answer.text[:500]}"
    assert len(answer.content) < 5000, "what was sent is not sent back whole"
    error = answer.json()["error"]
    assert error["message"] and error["code"]
    return error


def test_texts_of_calls_are_kept_as_they_were_written_and_harm_no_table_and_no_spreadsheet(site, key, user):
    before = everything(site)
    for text in TEXTS:
        session = {"Session-Id": text} if text.isascii() else {}
        answer = chat(user, text, **session)
        assert answer.status_code == 200, answer.text
        assert answer.json()["choices"][0]["message"]["content"] == text
    after = everything(site)
    for rows in (before, after):
        # What calls do change.
        rows["api_keys"] = [{**row, "total_fee": 0, "last_used_at": 0} for row in rows["api_keys"]]
    assert after == before

    threads = list(reversed(site.admin.get("/admin/thread/list", key_id=key["id"], limit=1000)["items"]))
    assert [row["prompt"] for row in threads] == [row["completion"] for row in threads] == TEXTS
    sessions = site.admin.get("/admin/session/list", key_id=key["id"], limit=1000)["items"]
    ascii_texts = [text for text in TEXTS if text.isascii()]
    assert [row["key"] for row in reversed(sessions)] == ascii_texts == [row["title"] for row in reversed(sessions)]
    exported = site.admin.http.get("/admin/thread/export", params={"key_id": key["id"]})
    rows = list(csv.DictReader(io.StringIO(exported.text, newline="")))
    shown = ["'" + text if text in FORMULAS else text for text in reversed(TEXTS)]
    assert [row["prompt"] for row in rows] == [row["completion"] for row in rows] == shown
    # Each is found by its words, and only where they are; one that is only punctuation is refused.
    for text in TEXTS:
        found = [
            client.get(path, params={"q": text, "limit": 1000})
            for client, path in ((site.admin.http, "/admin/thread/list"), (user, "/user/thread/list"))
        ]
        if any(character.isalnum() for character in text):
            for answer in found:
                assert text in [row["prompt"] for row in answer.json()["data"]["items"]], text
        else:
            assert [assert_refused(answer, 400)["param"] for answer in found] == ["q", "q"]


def test_names_of_keys_are_kept_as_they_were_written_and_are_no_formula_in_the_export(site):
    admin = site.admin
    for number, text in enumerate(TEXTS):
        row = admin.create_key(name=text, group_id=1, email="")
        assert row["name"] == text and row["role"] == "user"
        with httpx.Client(base_url=site.url, headers={"x-api-key": row["api_key"]}, timeout=15) as client:
            assert chat(client, "hello").status_code == 200
        note = admin.post("/admin/api-key/recharge", id=row["id"], balance=1, note=text)
        assert note["balance"] == 1
        (payment,) = admin.get("/admin/payment/list", key_id=row["id"])["items"]
        assert (payment["note"], payment["key_name"]) == (text, text)
        exported = admin.http.get("/admin/thread/export", params={"key_id": row["id"]}).text
        (line,) = csv.DictReader(io.StringIO(exported, newline=""))
        assert line["key_name"] == ("'" + text if text in FORMULAS else text)
        refused = admin.http.post("/admin/api-key/update", json={"id": row["id"], "email": text})
        assert assert_refused(refused, 400)["param"] == "email"
        refused = admin.http.post("/admin/bot/feishu/save", json={"name": text, "config": {"appId": f"a{number}"}})
        assert assert_refused(refused, 400)["param"] == "name"
    rows = [[text, "", "", ""] for text in TEXTS]
    sheet = io.StringIO()
    csv.writer(sheet).writerows([["name", "email", "group", "month_quota"], *rows])
    imported = admin.post("/admin/api-key/import", csv=sheet.getvalue())["items"]
    assert [row["name"] for row in imported] == TEXTS and {row["role"] for row in imported} == {"user"}
    assert site.ledger.value("SELECT count(*) FROM api_keys WHERE role = 'admin'") == 1


@pytest.mark.parametrize("text", [*SQL, "demo' --", "demo/../../admin", "demo%00", "DEMO"])
def test_a_model_is_found_by_its_whole_name_and_nothing_else(user, text):
    body = {"model": text, "messages": [{"role": "user", "content": "x"}]}
    assert_refused(user.post("/v1/chat/completions", json=body), 400, 403, 404)
    assert_refused(user.get("/v1/models/" + text.replace("%", "%25").replace("?", "%3F")), 400, 404)


@pytest.mark.parametrize(
    ("members", "param"),
    [
        ({"max_tokens": int(HUGE)}, "max_tokens"),
        ({"max_completion_tokens": -int(HUGE) - 1}, "max_completion_tokens"),
        ({"n": int(HUGE)}, "n"),
        ({"temperature": 1e300}, "temperature"),
        ({"stop": ["x"] * 100_000}, "stop"),
    ],
    ids=["max_tokens", "max_completion_tokens", "n", "temperature", "stop"],
)
def test_members_of_a_call_that_are_out_of_range_are_refused_by_name(site, user, members, param):
    before = site.ledger.value("SELECT count(*) FROM threads")
    body = {"model": "demo", "messages": [{"role": "user", "content": "x"}], **members}
    error = assert_refused(user.post("/v1/chat/completions", json=body), 400, 413)
    assert error["param"] == param
    assert site.ledger.value("SELECT count(*) FROM threads") == before


@pytest.mark.parametrize(
    ("path", "body", "param"),
    [
        ("/admin/api-key/recharge", {"id": 2, "balance": int(HUGE)}, "balance"),
        ("/admin/api-key/recharge", {"id": int(HUGE), "balance": 1}, "id"),
        ("/admin/api-key/recharge", {"id": 2, "balance": 1e300}, "balance"),
        ("/admin/api-key/update", {"id": 2, "month_quota": int(HUGE)}, "month_quota"),
        ("/admin/api-key/update", {"id": 2, "rpm": int(HUGE)}, "rpm"),
        ("/admin/api-key/reset-key", {"id": 2, "overlap_s": int(HUGE)}, "overlap_s"),
        ("/admin/model/save", {"id": 1, "price_in": int(HUGE)}, "price_in"),
        ("/admin/group/bind-model", {"group_id": int(HUGE), "model_id": 1}, "group_id"),
    ],
)
def test_numbers_of_63_bits_and_more_are_refused_by_name_and_change_nothing(site, key, path, body, param):
    assert key["id"] == 2
    before = everything(site)
    assert assert_refused(site.admin.http.post(path, json=body), 400)["param"] == param
    assert everything(site) == before


def test_a_name_of_ten_megabytes_in_a_call_is_refused_and_not_sent_back(site, user):
    before = everything(site)
    long = "x" * 10_000_000
    ask = [{"role": "user", "content": "x"}]
    assert_refused(user.post("/v1/chat/completions", json={"model": long, "messages": ask}), 400, 404, 413)
    with site.connect() as connection:
        head = {"Authorization": f"Bearer {site.admin_key}", "Session-Id": long, "Content-Type": "application/json"}
        connection.send("POST", "/v1/chat/completions", head, json.dumps({"model": "demo", "messages": ask}).encode())
        assert connection.head().status in (400, 431, 494)
    assert_refused(chat(user, "x", **{"Session-Id": "x" * 129}), 400)
    assert_refused(user.get("/v1/models", params={"x": "y" * 40_000}), 400, 414)
    assert everything(site)["schema"] == before["schema"] and everything(site)["audit"] == before["audit"]
