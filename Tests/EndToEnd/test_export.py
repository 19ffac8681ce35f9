"""The export of threads: whole, harmless to spreadsheets, and in flat memory."""

from __future__ import annotations

import csv
import io
import sqlite3
import time

import httpx

#: About 60 MB of text, ten times what a worker at rest holds.
ROWS = 20_000
TEXT = "=" + "long text " * 300


def fill(instance, rows: int) -> None:
    """Copies the only thread many times, as a year of calls would."""
    instance.has_foreign_rows = True
    connection = sqlite3.connect(instance.database, timeout=10)
    try:
        names = [row[1] for row in connection.execute("PRAGMA table_info(threads)") if row[1] != "id"]
        chosen = ", ".join("?" if name == "prompt" else name for name in names)
        connection.execute(
            f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {rows - 1}) "
            f"INSERT INTO threads ({', '.join(names)}) SELECT {chosen} FROM threads, n WHERE threads.id = 1",
            (TEXT,),
        )
        connection.commit()
    finally:
        connection.close()


def test_a_long_export_is_complete_and_needs_no_memory_for_its_length(make_instance):
    instance = make_instance(workers=1)
    key = instance.admin.create_key(group_id=1)
    body = {"model": "demo", "messages": [{"role": "user", "content": "+1 hello"}]}
    headers = {"Authorization": f"Bearer {key['api_key']}"}
    assert httpx.post(f"{instance.url}/v1/chat/completions", json=body, headers=headers).status_code == 200
    fill(instance, ROWS)
    worker = instance.worker()
    instance.admin.get("/admin/thread/list")
    before = worker.peak_resident_bytes
    received = io.BytesIO()
    with instance.admin.http.stream("GET", "/admin/thread/export", timeout=60) as answer:
        assert answer.status_code == 200
        for index, piece in enumerate(answer.iter_bytes()):
            received.write(piece)
            if index < 20:
                time.sleep(0.02)  # A client that reads slowly at first: nothing may pile up behind it.
    grown = worker.peak_resident_bytes - before
    rows = list(csv.reader(io.StringIO(received.getvalue().decode(), newline="")))
    assert len(rows) == ROWS + 1
    assert [int(row[0]) for row in rows[1:]] == list(range(ROWS, 0, -1))
    prompt = rows[0].index("prompt")
    assert {row[prompt] for row in rows[1:-1]} == {"'" + TEXT}
    assert rows[-1][prompt] == "'+1 hello"
    print(f"{received.tell() / 1e6:.0f} MB exported, peak memory grew by {grown / 1e6:.1f} MB")
    assert grown < 16e6


def test_other_lists_answer_while_an_export_runs(make_instance):
    instance = make_instance(workers=1)
    key = instance.admin.create_key(group_id=1)
    body = {"model": "demo", "messages": [{"role": "user", "content": "hello"}]}
    headers = {"Authorization": f"Bearer {key['api_key']}"}
    httpx.post(f"{instance.url}/v1/chat/completions", json=body, headers=headers).raise_for_status()
    fill(instance, ROWS)
    with instance.admin.http.stream("GET", "/admin/thread/export", timeout=60) as answer:
        pieces = answer.iter_bytes()
        next(pieces)
        assert httpx.get(f"{instance.url}/v1/models", headers=headers, timeout=2).status_code == 200
        usage = httpx.get(f"{instance.url}/user/statistics/usage", headers=headers, timeout=5).json()["data"]["items"]
        assert [row["calls"] for row in usage] == [ROWS]
    assert instance.admin.get("/admin/group/list")["total"] == 1, "and after the client has left"
