"""Removal of old texts and records by the workers, and by the command, while calls go on."""

from __future__ import annotations

import re
import sqlite3
import threading
import time
from contextlib import closing

import httpx
import pytest

from harness.instance import Instance
from harness.waiting import until
from test_commands import brook

DAY = 86_400
FEE = 20_000


@pytest.mark.parametrize("command", ["retention", "retention run"])
def test_each_command_has_help(command):
    helped = brook(*command.split(), "--help")
    assert helped.returncode == 0 and "USAGE" in helped.stdout.upper()


class Aged:
    """An instance, a key with a model that answers what it is asked, and calls that the key made long ago."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        key = instance.admin.create_key()
        model = instance.admin.create_model("echo", {})
        instance.admin.bind(key["id"], model["id"])
        self.key_id, self.key, self.model = key["id"], key["api_key"], model["name"]

    def ask(self, prompt: str) -> httpx.Response:
        body = {"model": self.model, "messages": [{"role": "user", "content": prompt}]}
        return httpx.post(
            f"{self.instance.url}/v1/chat/completions",
            json=body,
            headers={"Authorization": f"Bearer {self.key}", "Session-Id": "now"},
        )

    def add_calls(self, word: str, days: int, count: int = 300) -> None:
        """As the workers would have recorded them so many days ago; the workers do not run."""
        then = int(time.time()) - days * DAY
        month = time.strftime("%Y-%m", time.gmtime(then))
        columns = [row["name"] for row in self.instance.ledger.rows("SELECT name FROM pragma_table_info('threads')")]
        values = {column: f"t.{column}" for column in columns if column != "id"}
        values.update(
            created_at=f"{then * 1000} + n.i",
            month=f"'{month}'",
            prompt=f"'{word}' || n.i",
            whole_prompt=f"'{'x' * 20_000}'",
            session_id=":session",
            fee=str(FEE),
        )
        with closing(sqlite3.connect(self.instance.database)) as database, database:
            session = database.execute(
                "INSERT INTO sessions (key_id, key_name, session_key, title, total_in_tokens, total_out_tokens, total_fee,"
                " thread_count, created_at, updated_at) VALUES (?, 'k', ?, ?, 0, 0, 0, ?, ?, ?)",
                (self.key_id, word, f"{word}1", count, then * 1000 + 1, then * 1000),
            ).lastrowid
            database.execute(
                f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count})"
                f" INSERT INTO threads ({', '.join(values)}) SELECT {', '.join(values.values())} FROM n, threads t"
                " WHERE t.id = (SELECT MIN(id) FROM threads)",
                {"session": session},
            )
            database.execute(
                "INSERT INTO key_months VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET fee = fee + excluded.fee",
                (self.key_id, month, count * FEE),
            )
            database.execute(
                "UPDATE api_keys SET total_fee = total_fee + ? WHERE id = ?", (count * FEE, self.key_id)
            )

    def command(self, *arguments: str, **environment: str):
        return brook(*arguments, BROOK_STATE_DIR=str(self.instance.database.parent), **environment)

    def verify(self) -> None:
        verified = self.command("ledger", "verify")
        assert verified.returncode == 0, verified.stdout + verified.stderr

    def found(self, query: str) -> int:
        return self.instance.admin.get("/admin/thread/list", q=query)["total"]

    def metrics(self) -> dict[str, int]:
        text = httpx.get(f"{self.instance.url}/metrics").text
        return {name: int(value) for name, value in re.findall(r"^brook_((?:database|retention)_\w+) (\d+)$", text, re.M)}

    def usage(self) -> dict[str, int]:
        (row,) = self.instance.admin.get("/admin/statistics/usage", group_by="key", key_id=self.key_id)["items"]
        return row


def test_workers_remove_what_is_old_while_calls_go_on(make_instance):
    instance = make_instance(workers=2, BROOK_TEXT_RETENTION_DAYS="30", BROOK_RECORD_RETENTION_DAYS="90")
    aged = Aged(instance)
    assert aged.ask("fresh").status_code == 200
    instance.stop()
    aged.add_calls("ancient", days=100)
    aged.add_calls("aging", days=40)
    aged.verify()
    instance.start()

    answers: list[int] = []
    ended = threading.Event()

    def call() -> None:
        while not ended.is_set():
            answers.append(aged.ask(f"meanwhile{len(answers)}").status_code)

    caller = threading.Thread(target=call)
    caller.start()
    try:
        until(
            lambda: (m := aged.metrics())["retention_records_removed_total"] >= 300
            and m["retention_texts_removed_total"] >= 300,
            "the workers have removed what is old",
            60,
            pause=0.1,
        )
    finally:
        ended.set()
        caller.join()
    assert answers and set(answers) == {200}

    measured = aged.metrics()
    assert measured["retention_records_removed_total"] == measured["retention_texts_removed_total"] == 300
    # Each of the 600 had 20,000 bytes of text.
    assert measured["database_free_bytes"] > 600 * 15_000
    assert measured["database_size_bytes"] > measured["database_free_bytes"]
    assert measured["database_wal_bytes"] > 0
    aged.verify()
    ledger = instance.ledger
    assert ledger.value("SELECT count(*) FROM threads") == 1 + 300 + len(answers)
    assert ledger.value("SELECT count(*) FROM threads WHERE prompt LIKE 'a%' OR whole_prompt LIKE 'x%'") == 0
    assert ledger.rows("SELECT session_key, title FROM sessions ORDER BY id") == [
        {"session_key": "now", "title": "fresh"},
        {"session_key": "aging", "title": ""},
    ]
    assert aged.found("ancient7") == aged.found("aging7") == 0
    assert aged.found("fresh") == aged.found("meanwhile0") == 1
    usage = aged.usage()
    assert usage["calls"] == 601 + len(answers)
    assert round(usage["fee"] * 10**9) == ledger.month_fee(aged.key_id)
    assert instance.admin.key(aged.key_id)["total_fee"] == usage["fee"]


def test_the_command_removes_at_once_what_it_said_it_would(make_instance):
    instance = make_instance(workers=2)
    aged = Aged(instance)
    assert aged.ask("fresh").status_code == 200
    instance.stop()
    aged.add_calls("ancient", days=100)
    aged.add_calls("aging", days=40)
    instance.start()

    unset = aged.command("retention", "run")
    assert unset.returncode == 78 and "text_retention_days" in unset.stderr
    mixed = {"BROOK_TEXT_RETENTION_DAYS": "30", "BROOK_RECORD_RETENTION_DAYS": "7"}
    refused = aged.command("retention", "run", **mixed)
    assert refused.returncode == 78 and "record_retention_days is 7" in refused.stderr
    days = {"BROOK_TEXT_RETENTION_DAYS": "30", "BROOK_RECORD_RETENTION_DAYS": "90"}
    assert aged.ask("newest").status_code == 200
    dry = aged.command("retention", "run", "--dry-run", **days)
    assert dry.returncode == 0 and "300 records, and the texts of up to 300 others" in dry.stdout, dry.stdout + dry.stderr
    assert instance.ledger.value("SELECT count(*) FROM threads") == 602
    for removed in (300, 0):
        ran = aged.command("retention", "run", **days)
        assert ran.returncode == 0, ran.stderr
        assert f"removed {removed} records, and the texts of {removed} others" in ran.stdout
    assert instance.ledger.value("SELECT count(*) FROM threads") == 302
    assert aged.found("aging7") == 0 and aged.found("fresh") == 1
    assert aged.usage()["calls"] == 602
    aged.verify()
