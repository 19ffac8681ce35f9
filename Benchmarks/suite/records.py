"""A database with many threads, made with SQL alone, and the times of lists, searches, statistics and exports over it."""

import http.client
import itertools
import random
import sqlite3
import statistics
import threading
import time
import urllib.parse
from pathlib import Path

from . import processes
from .brook import Brook
from .failure import Failure
from .rows import Row

ROUNDS = 7
KEYS = 50
MODELS = 7
# In each thread; in one of a hundred thousand; in a third, inside sentences.
FREQUENT, RARE, CHINESE = "gateway", "needle", "网关"
RARE_EVERY = 100_000
# Bytes by which a worker may grow over any number of records: pieces, and caches of connections.
FLAT = 16e6


class Texts:
    """Prompts and answers from vocabularies that are used as languages are: few words often, many seldom."""

    def __init__(self):
        self._random = random.Random(20261121)
        syllables = [a + b for a in "bcdfglmnprst" for b in "aeiou"]
        self._words = ["".join(self._random.choices(syllables, k=self._random.randint(1, 4))) for _ in range(30_000)]
        self._characters = [chr(0x4E00 + number) for number in range(3000)]
        self._weights = list(itertools.accumulate(1 / (number + 3) for number in range(30_000)))

    def prompt(self, number: int) -> str:
        words = self._random.choices(self._words, cum_weights=self._weights, k=16)
        words.append(FREQUENT)
        if number % RARE_EVERY == 0:
            words.append(RARE)
        return " ".join(words)

    def completion(self, number: int) -> str:
        if number % 3 == 0:
            characters = self._random.choices(self._characters, cum_weights=self._weights[:3000], k=40)
            return "".join(characters[:20]) + CHINESE + "".join(characters[20:]) + "。"
        return " ".join(self._random.choices(self._words, cum_weights=self._weights, k=30)) + "."


def fill(database: Path, count: int) -> int:
    """Adds `count` threads a second apart, the last of them now; answers the time of the middle one, in seconds."""
    connection = sqlite3.connect(database, timeout=60, isolation_level=None)
    texts = Texts()
    began = int(time.time()) - count

    def rows():
        for number in range(1, count + 1):
            yield (
                f"bench-{number}", number % KEYS + 1000, f"key {number % KEYS}", "2026-11", f"model-{number % MODELS}",
                20, 50, 810_000 + number % 1000, (began + number) * 1000, texts.prompt(number), texts.completion(number))

    connection.execute("PRAGMA synchronous = OFF")
    all_rows = rows()
    while part := list(itertools.islice(all_rows, 20_000)):
        # Short transactions, since workers may want to write.
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(
            "INSERT INTO threads (request_id, key_id, key_name, month, model, provider, status, is_stream, is_estimated,"
            " tokens_in, tokens_out, tokens_cache_read, tokens_cache_write, tokens_cache_write_1h, price_in, price_out,"
            " fee, fee_balance, invocation_latency, created_at, prompt, completion, reasoning, tool_calls, whole_prompt)"
            " VALUES (?, ?, ?, ?, ?, 'echo', 'ok', 1, 0, ?, ?, 0, 0, 0, 3000000000, 15000000000, ?, 0, 900, ?, ?, ?, '',"
            " '', '')", part)
        connection.execute("COMMIT")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return began + count // 2


def wait_until_indexed(database: Path, limit: float) -> None:
    """Waits, at most `limit` seconds, until every thread is in the index."""
    started = time.monotonic()
    connection = sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True, timeout=60)
    try:
        while time.monotonic() - started < limit:
            [(newest, oldest, last, first)] = connection.execute(
                "SELECT newest, oldest, (SELECT max(id) FROM threads), (SELECT min(id) FROM threads)"
                " FROM thread_search_state").fetchall()
            if newest == last and oldest <= first:
                return
            time.sleep(0.25)
    finally:
        connection.close()
    raise Failure(f"the threads were not all indexed within {limit:.0f} s")


def _median(brook: Brook, path: str) -> tuple[float, dict]:
    """Milliseconds of a request, the first one left out, and the answer's data."""
    times = []
    for _ in range(ROUNDS + 1):
        started = time.perf_counter()
        status, answer = brook.request("GET", path, timeout=120)
        times.append((time.perf_counter() - started) * 1000)
        if status != 200:
            raise Failure(f"GET {path} was answered with {status}: {answer}")
    return statistics.median(times[1:]), answer["data"]


def questions(count: int, middle: int) -> list[tuple[str, str, int | None]]:
    """What is asked, the query of the list, and how many rows that finds; None: it depends on the texts."""
    day = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(middle))
    return [
        ("search: a word that each thread has", f"q={FREQUENT}", count),
        ("search: its beginning", f"q={FREQUENT[:4]}", count),
        ("search: a rare word", f"q={RARE}", count // RARE_EVERY),
        ("search: a frequent and a rare word", f"q={FREQUENT}+{RARE}", count // RARE_EVERY),
        ("search: two Chinese characters", "q=" + urllib.parse.quote(CHINESE), count // 3),
        ("search: one Chinese character", "q=" + urllib.parse.quote(CHINESE[0]), None),
        ("search: a word that none has", "q=absentword", 0),
        ("search: one key's", f"q={FREQUENT}&key_id=1007", count // KEYS),
        ("search: one model's", f"q={FREQUENT}&model=model-3", count // MODELS),
        ("search: the older half", f"q={FREQUENT}&to={day}", count // 2),
        ("search: by fee", f"q={FREQUENT}&order_by=-fee", count),
        ("search: page 400", f"q={FREQUENT}&offset=8000", count),
        ("list: newest", "", count),
        ("list: the last page", f"offset={count - 20}", count),
        ("list: oldest first", "order_by=created_at", count),
        ("list: one key's", "key_id=1007", count // KEYS),
        ("list: one key's, its last page", f"key_id=1007&offset={count // KEYS - 20}", count // KEYS),
        ("list: one model's", "model=model-3", count // MODELS),
        ("list: the older half", f"to={day}", count // 2),
    ]


def statistics_questions(count: int, middle: int) -> list[tuple[str, str, int]]:
    """What is asked, the path, and how many calls the rows of the answer sum up to."""
    half = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(middle))
    usage = "/admin/statistics/usage?limit=1000&group_by="
    return [
        ("statistics: by day", usage + "day", count),
        ("statistics: by model", usage + "model", count),
        ("statistics: by key", usage + "key", count),
        ("statistics: by key, the newer half", f"{usage}key&from={half}", count // 2),
        ("statistics: one key's days", usage + "day&key_id=1007", count // KEYS),
        ("statistics: one model's days", usage + "day&model=model-3", count // MODELS),
    ]


def statistics_rows(brook: Brook, count: int, middle: int, say) -> list[Row]:
    """Wanted: under 3 s, for an administrator who looks at a page, and memory that does not grow with the records."""
    workers = brook.workers
    before = max(processes.resident_bytes(pid) for pid in workers)
    for pid in workers:
        processes.forget_peak(pid)
    say("statistics: total")
    milliseconds, data = _median(brook, "/admin/statistics/total")
    rows = [Row("statistics: total", f"{milliseconds:.0f} ms ({data['calls']:,})", "", "< 3 s",
                milliseconds < 3000 and data["calls"] == count)]
    for what, path, expected in statistics_questions(count, middle):
        say(what)
        milliseconds, data = _median(brook, path)
        calls = sum(row["calls"] for row in data["items"])
        rows.append(Row(what, f"{milliseconds:.0f} ms ({calls:,})", "", "< 3 s",
                        milliseconds < 3000 and abs(calls - expected) <= 1))
    peak = max(processes.peak_resident_bytes(pid) for pid in workers)
    rows.append(Row("… a worker's memory before and at most", f"{before / 1e6:.1f}, {peak / 1e6:.1f} MB", "",
                    "flat: + 16 MB", peak - before < FLAT))
    return rows


def _slowest_list(brook: Brook, path: str, until: threading.Thread) -> float:
    """Milliseconds of the slowest of the requests that are made, one after the other, until the thread ends."""
    slowest = 0.0
    while until.is_alive():
        started = time.perf_counter()
        brook.request("GET", path, timeout=120)
        slowest = max(slowest, (time.perf_counter() - started) * 1000)
    return slowest


def beside_statistics(brook: Brook, say) -> Row:
    """What others wait for a short list while the longest statistics are made again and again."""
    say("a list beside statistics")
    asking = threading.Thread(target=lambda: [
        brook.request("GET", "/admin/statistics/usage?group_by=key", timeout=120) for _ in range(8)])
    asking.start()
    slowest = _slowest_list(brook, "/admin/thread/list?limit=20", asking)
    asking.join()
    return Row("… the newest threads meanwhile, slowest", f"{slowest:.0f} ms", "", "< 200 ms", slowest < 200)


class Export:
    """One export, read as fast as it comes: its lines, bytes and seconds, and what memory the workers had meanwhile."""

    def __init__(self, brook: Brook, query: str):
        self.lines = self.bytes = 0
        workers = brook.workers
        self.before = max(processes.resident_bytes(pid) for pid in workers)
        for pid in workers:
            processes.forget_peak(pid)
        self._connection = http.client.HTTPConnection("127.0.0.1", brook.port, timeout=120)
        started = time.perf_counter()
        try:
            self._connection.request("GET", "/admin/thread/export" + query, headers=brook.admin_headers)
            answer = self._connection.getresponse()
            if answer.status != 200:
                raise Failure(f"the export was answered with {answer.status}: {answer.read()[:500]}")
            while piece := answer.read1(1 << 20):
                self.bytes += len(piece)
                # No text of the records has an end of line.
                self.lines += piece.count(b"\n")
        finally:
            self._connection.close()
        self.seconds = time.perf_counter() - started
        self.peak = max(processes.peak_resident_bytes(pid) for pid in workers)
        self.after = max(processes.resident_bytes(pid) for pid in workers)

    @property
    def grown(self) -> int:
        return self.peak - self.before

    def row(self, what: str, expected: int, target: str, met: bool) -> Row:
        return Row(
            what,
            f"{self.seconds:.1f} s, {self.bytes / 1e6:,.0f} MB; a worker's memory before {self.before / 1e6:.1f}, at most"
            f" {self.peak / 1e6:.1f}, after {self.after / 1e6:.1f} MB",
            "", target, met and self.lines == expected + 1)


def export_rows(brook: Brook, count: int, say) -> list[Row]:
    rows = []
    for what, query, expected in [
        ("export: one key's", "?key_id=1007", count // KEYS),
        ("export: everything", "", count),
        ("export: a word that each thread has", f"?q={FREQUENT}", count),
        ("export: a rare word", f"?q={RARE}", count // RARE_EVERY),
    ]:
        say(what)
        export = Export(brook, query)
        rows.append(export.row(what, expected, "memory flat: + 16 MB", export.grown < FLAT))
    return rows


def measure(brook: Brook, count: int, say) -> list[Row]:
    say(f"{count:,} threads")
    database = brook.database
    started = time.monotonic()
    middle = fill(database, count)
    say(f"made in {time.monotonic() - started:.0f} s, {database.stat().st_size / 1e6:,.0f} MB; now they are indexed")
    before = database.stat().st_size
    wait_until_indexed(database, 900)
    rows = [Row(
        f"{count:,} threads, written by SQL and indexed in the background",
        f"{time.monotonic() - started:.0f} s "
        f"(database {before / 1e6:,.0f} MB when written, {database.stat().st_size / 1e6:,.0f} MB when indexed)")]
    for what, query, expected in questions(count, middle):
        say(what)
        milliseconds, data = _median(brook, "/admin/thread/list?" + query)
        capped = data.get("total_capped", False)
        # Counts may be off by one where a number does not divide, or at the second in the middle.
        right = expected is None or (data["total"] <= expected if capped else abs(data["total"] - expected) <= 1)
        total = f"{data['total']:,}" + ("+" if capped else "")
        rows.append(Row(
            what, f"{milliseconds:.1f} ms ({total})", "", "< 200 ms", milliseconds < 200 and right))
    rows += statistics_rows(brook, count, middle, say)
    rows.append(beside_statistics(brook, say))
    return rows + export_rows(brook, count, say)
