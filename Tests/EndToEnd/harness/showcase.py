"""An instance with a month of a small company's use in it, for pictures of the admin page.

Keys, groups, models, rights, payments and webhooks come by the interface. The calls of a month are written into the
database: they need times that have passed.
"""

from __future__ import annotations

import json
import random
import sqlite3
import time
from datetime import UTC, datetime
from typing import Any

from .instance import Instance
from .provider import Script

PEOPLE = (
    # Name, group, quota of a month, share of the calls
    ("Ada Lovelace", "Research", 60, 9),
    ("Support desk", "Customer care", 45, 14),
    ("Grace Hopper", "Research", 40, 6),
    ("Nightly reports", "Operations", 6, 5),
    ("Lin Wei", "Product", 25, 4),
    ("Alan Kay", "Product", None, 3),
    ("Translation service", "Customer care", 20, 8),
    ("Intern 2026", "Research", 5, 1),
)
MODELS = (
    # Name, id at the provider, dollars per million tokens in and out, share of the calls
    ("claude-sonnet", "us.anthropic.claude-sonnet-4-5-20250929-v1:0", 3, 15, 9),
    ("claude-haiku", "us.anthropic.claude-haiku-4-5-20251001-v1:0", 1, 5, 12),
    ("nova-lite", "amazon.nova-lite-v1:0", 0.06, 0.24, 6),
    ("gpt-mini", "gpt-4.1-mini", 0.4, 1.6, 4),
)
#: The model that answers: a script must be called so.
ANSWERING = MODELS[0][1]
PROVIDER = {"gpt-mini": "openai-compatible"}
TALKS = (
    (
        "Summarise yesterday's tickets in five bullet points",
        "Five tickets stood out:\n- two about invoices sent twice\n…",
    ),
    ("Translate this release note into Chinese", "发布说明：新版本让升级不再中断任何请求。"),
    (
        "Why does this query scan the whole table?",
        "The index starts with `created_at`, and the filter does not name it.",
    ),
    (
        "Draft an answer to a customer who waits for a refund",
        "Thank you for your patience. The refund left us on Monday …",
    ),
    ("把这段会议记录整理成待办事项", "1. 周三前确认预算。2. 更新部署文档。3. 回复客户的问题。"),
    (
        "Which of these log lines point to a full disk?",
        "Lines 14 and 15: `No space left on device`, twice within a second.",
    ),
    (
        "Explain HTTP keep-alive to a new colleague",
        "One connection, many requests: the second one saves the handshake.",
    ),
)
THOUGHT = "The filter is on key_id alone. An index that starts with created_at cannot be used for it, so SQLite scans."
ASKED = "Show me the plan before and after the index."
TOLD = "Before: SCAN threads. After: SEARCH threads USING INDEX threads_key (key_id=?). 1,100,000 rows become 214."
PLANNED = "I should run the planner instead of guessing."
PLAN = '{"sql": "SELECT * FROM threads WHERE key_id = 7", "analyze": true}'
DAY = 86_400_000


def furnish(instance: Instance, script: Script) -> dict[str, Any]:
    """Answers the numbers of what is to be seen, such as `key` and `thread`; and a `user_key`."""
    admin = instance.admin
    groups = {
        name: admin.post("/admin/group/save", name=name, key=short)
        for name, short in (
            ("Research", "CC-110"),
            ("Customer care", "CC-240"),
            ("Operations", "CC-300"),
            ("Product", "CC-415"),
        )
    }
    models = {}
    for name, upstream, price_in, price_out, _ in reversed(MODELS):
        members = {"name": name, "multiple": "claude" in name, "price_in": price_in, "price_out": price_out}
        if name in PROVIDER:
            models[name] = admin.create_model(PROVIDER[name], {**script.openai_config(), "model": upstream}, **members)
            continue
        config = {**script.bedrock_config(), "modelId": upstream}
        if name == "claude-sonnet":
            config["fallbacks"] = ["claude-haiku", "gpt-mini"]
        models[name] = admin.create_model("bedrock-converse", config, **members)
    for model in models.values():
        for group in groups.values():
            admin.post("/admin/group/bind-model", group_id=group["id"], model_id=model["id"])
    keys = {}
    for name, group, quota, _ in PEOPLE:
        mail = f"{name.lower().replace(' ', '.')}@example.org"
        keys[name] = admin.create_key(name=name, email=mail, group_id=groups[group]["id"], month_quota=quota)
    soon = datetime.fromtimestamp(time.time() + 4 * 86_400, UTC).strftime("%Y-%m-%dT12:00:00Z")
    admin.post("/admin/api-key/update", id=keys["Intern 2026"]["id"], expires_at=soon)
    admin.post("/admin/api-key/update", id=keys["Alan Kay"]["id"], disabled=True)
    for name, amount, note in (
        ("Ada Lovelace", 50, "Invoice 2026-117"),
        ("Support desk", 120, "Invoice 2026-118"),
        ("Ada Lovelace", 25.5, "Invoice 2026-131"),
        ("Translation service", 40, "Budget of the fourth quarter"),
    ):
        admin.post("/admin/api-key/recharge", id=keys[name]["id"], balance=amount, note=note)
    for name, model in (("support-bot", "claude-haiku"), ("release-notes", "claude-sonnet")):
        config = {"appId": f"cli_{name.replace('-', '')}", "appSecret": "not-a-secret-0123", "modelId": model}
        config |= {"apiKey": keys["Support desk"]["api_key"], "encryptKey": "not-a-secret-4567"}
        webhook = admin.post("/admin/bot/feishu/save", name=name, config=config)
    instance.has_foreign_rows = True
    session, thread = _write(instance, keys, models)
    _write_events(instance, webhook["id"])
    return {
        "webhook": webhook["id"],
        "key": keys["Ada Lovelace"]["id"],
        "group": groups["Research"]["id"],
        "model": models["claude-sonnet"]["id"],
        "session": session,
        "thread": thread,
        "user_key": keys["Ada Lovelace"]["api_key"],
    }


def _write(instance: Instance, keys: dict[str, Any], models: dict[str, Any]) -> tuple[int, int]:
    chance = random.Random(20)
    now = int(time.time() * 1000)
    month = datetime.now(UTC).strftime("%Y-%m")
    database = sqlite3.connect(instance.database, timeout=20, isolation_level=None)
    database.execute("BEGIN IMMEDIATE")
    fees: dict[int, int] = {}
    times = []
    for day in range(30):
        start = now - day * DAY
        weekend = datetime.fromtimestamp(start / 1000, UTC).weekday() >= 5
        calls = int((30 if weekend else 96) * chance.uniform(0.7, 1.25) * (1.25 - day / 60))
        times += [start - int(DAY * chance.random() * (0.6 if day == 0 else 1)) for _ in range(calls)]
    for number, created in enumerate(sorted(times)):
        person = chance.choices(PEOPLE, [each[3] for each in PEOPLE])[0][0]
        name, _, price_in, price_out, _ = chance.choices(MODELS, [each[4] for each in MODELS])[0]
        row = _call(chance, number, created, name, price_in, price_out)
        row |= {"key_id": keys[person]["id"], "key_name": person, "month": month}
        if number % 9 == 0:
            row["session_id"] = _session(database, row, number)
        fees[row["key_id"]] = fees.get(row["key_id"], 0) + row["fee"]
        _insert(database, "threads", row)
    for key_id, fee in fees.items():
        database.execute(
            "INSERT OR REPLACE INTO key_months (key_id, month, fee) VALUES (?, ?, ?)", (key_id, month, fee)
        )
        used = now - chance.randrange(3_600_000)
        database.execute("UPDATE api_keys SET total_fee = ?, last_used_at = ? WHERE id = ?", (fee * 3, used, key_id))
    last = _conversation(
        chance, database, {"key_id": keys["Ada Lovelace"]["id"], "key_name": "Ada Lovelace", "month": month}
    )
    database.execute("COMMIT")
    database.close()
    return last


def _write_events(instance: Instance, webhook: int) -> None:
    """Messages to a bot, the last of which waits for the one before."""
    now = int(time.time() * 1000)
    endings = [("done", None)] * 7
    endings[2] = ("failed", "rate_limit_exceeded")
    endings[4] = ("failed", "platform_230002")
    endings += [("answering", None), ("accepted", None)]
    # A process that is there, so that nobody takes up what is open.
    owner = instance.workers()[0]
    database = sqlite3.connect(instance.database, timeout=20)
    for number, (state, reason) in enumerate(endings):
        begun = now - (len(endings) - number) * 7 * 60_000
        row = {"webhook_id": webhook, "event_id": f"ev-{number}", "chat_id": f"oc_5ad11d72b830{number // 3}"}
        row |= {"state": state, "reason": reason, "attempts": 0 if state == "accepted" else 1, "cards": ""}
        row |= {"owner_pid": owner.pid, "owner_start": owner.start, "payload": ""}
        _insert(database, "bot_events", row | {"sent_at": begun, "created_at": begun, "updated_at": begun + 4_200})
    database.commit()
    database.close()


def _conversation(chance: random.Random, database: sqlite3.Connection, whose: dict[str, Any]) -> tuple[int, int]:
    """One session of three calls, with reasoning and a tool: its number, and that of the second call."""
    now = int(time.time() * 1000)
    tool = [{"id": "call_1", "type": "function", "function": {"name": "explain_query", "arguments": PLAN}}]
    turns = ((TALKS[2][0], TALKS[2][1], THOUGHT, "[]"), (ASKED, TOLD, PLANNED, json.dumps(tool)), (*TALKS[0], "", "[]"))
    before: list[dict[str, str]] = [{"role": "system", "content": "You are a careful database engineer."}]
    rows = []
    for number, (said, answer, thought, tools) in enumerate(turns):
        row = _call(chance, 1, now - (9 - 3 * number) * 60_000, "claude-sonnet", 3, 15) | whose
        before.append({"role": "user", "content": said})
        row |= {"prompt": said, "completion": answer, "reasoning": thought, "tool_calls": tools}
        row |= {"whole_prompt": json.dumps(before)}
        before.append({"role": "assistant", "content": answer})
        rows.append(row)
    session = _session(database, rows[0], 999)
    totals = [sum(row[name] for row in rows) for name in ("tokens_in", "tokens_out", "fee")]
    update = (
        "UPDATE sessions SET total_in_tokens = ?, total_out_tokens = ?, total_fee = ?, thread_count = 3, updated_at = ?"
    )
    database.execute(f"{update} WHERE id = ?", (*totals, now, session))
    numbers = [_insert(database, "threads", row | {"session_id": session}) for row in rows]
    return session, numbers[1]


def _call(
    chance: random.Random, number: int, created: int, model: str, price_in: float, price_out: float
) -> dict[str, Any]:
    said, answer = TALKS[2] if number % 11 == 0 else chance.choice(TALKS)
    fails = model == "gpt-mini" and chance.random() < 0.2
    tokens_in, tokens_out = chance.randrange(400, 44_000), 0 if fails else chance.randrange(60, 3_400)
    prices = [round(price * 1e9) for price in (price_in, price_out)]
    fee = 0 if fails else (tokens_in * prices[0] + tokens_out * prices[1] + 500_000) // 1_000_000
    first = chance.randrange(180, 900)
    prompt = [
        {"role": "system", "content": "You answer briefly and name your sources."},
        {"role": "user", "content": said},
    ]
    return {
        "request_id": f"{chance.getrandbits(128):032x}",
        "model": model,
        "provider": PROVIDER.get(model, "bedrock-converse"),
        "status": "error" if fails else "ok",
        "error_code": "provider_unavailable" if fails else None,
        "finish_reason": None if fails else "stop",
        "is_stream": 1,
        "is_estimated": 0,
        "tokens_in": 0 if fails else tokens_in,
        "tokens_out": tokens_out,
        "tokens_cache_read": 0,
        "tokens_cache_write": 0,
        "tokens_cache_write_1h": 0,
        "price_in": prices[0],
        "price_out": prices[1],
        "fee": fee,
        "fee_balance": 0,
        "first_byte_latency": None if fails else first,
        "invocation_latency": first + chance.randrange(300, 9_000),
        "created_at": created,
        "prompt": said,
        "completion": "" if fails else answer,
        "reasoning": THOUGHT if said == TALKS[2][0] and not fails else "",
        "tool_calls": "[]",
        "whole_prompt": json.dumps(prompt),
    }


def _session(database: sqlite3.Connection, row: dict[str, Any], number: int) -> int:
    session = {"key_id": row["key_id"], "key_name": row["key_name"], "session_key": f"chat-{4100 + number}"}
    session |= {"title": row["prompt"], "total_in_tokens": row["tokens_in"], "total_out_tokens": row["tokens_out"]}
    session |= {
        "total_fee": row["fee"],
        "thread_count": 1,
        "created_at": row["created_at"],
        "updated_at": row["created_at"],
    }
    return _insert(database, "sessions", session)


def _insert(database: sqlite3.Connection, table: str, row: dict[str, Any]) -> int:
    marks = ", ".join("?" * len(row))
    # Names of our own, from above.
    done = database.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", tuple(row.values()))
    return done.lastrowid
