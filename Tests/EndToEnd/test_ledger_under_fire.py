"""Money while everything happens at once and workers die: what was acknowledged is there once, and all adds up."""

from __future__ import annotations

import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal

import httpx
import pytest

from harness.instance import Instance
from harness.provider import Provider
from harness.waiting import until
from test_quota import PRICES

WORKERS = 8
KEYS = 5
DEATH_EVERY = 3.0
DOLLAR = 1_000_000_000
#: Three tokens of input and up to ten of output, a bit later than at once, so that deaths meet calls that run.
ANSWER = (
    ["repeat", 4, [["text", "x"], ["pause", 0.02]]],
    ["finish", "end_turn"],
    ["usage", {"inputTokens": 3, "outputTokens": 10}],
)
#: What a client may be told while workers die: done, no money or held by others, or nginx's word that a worker is gone.
EXPECTED = {200, 429, 502}


@dataclass
class Told:
    """What clients were told. Lists only grow, so threads may share it."""

    #: Request ids of calls whose end was seen.
    completions: list[str] = field(default_factory=list)
    #: Notes of payments, with their amounts in nano-dollars.
    payments: list[tuple[str, int]] = field(default_factory=list)
    #: The newest name that a key was given, and others that may have been given after it without an answer.
    names: dict[int, list[str]] = field(default_factory=dict)
    statuses: list[int] = field(default_factory=list)
    cut: list[str] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)


class Clients:
    """Threads that do something over and over until the time is up."""

    def __init__(self, instance: Instance, seconds: float, told: Told) -> None:
        self._url, self._told = instance.url, told
        self._admin = {"Authorization": f"Bearer {instance.admin_key}"}
        self._end = time.monotonic() + seconds
        self._threads: list[threading.Thread] = []

    def run(self, what: Callable[[httpx.Client, random.Random], None], seed: int) -> None:
        def loop() -> None:
            generator = random.Random(seed)
            with httpx.Client(base_url=self._url, timeout=20) as client:
                while time.monotonic() < self._end:
                    try:
                        what(client, generator)
                    except httpx.RemoteProtocolError as error:
                        # The worker died in the middle of the answer: its end was not seen.
                        self._told.cut.append(str(error))
                    except Exception as error:  # noqa: BLE001 - a thread has nobody else to tell
                        self._told.troubles.append(repr(error))

        self._threads.append(threading.Thread(target=loop, daemon=True))
        self._threads[-1].start()

    def join(self) -> None:
        for thread in self._threads:
            thread.join(60)
            assert not thread.is_alive(), "a client does not come back"

    def complete(self, model: str, key: dict, stream: bool) -> Callable[[httpx.Client, random.Random], None]:
        headers = {"Authorization": f"Bearer {key['api_key']}"}

        def ask(client: httpx.Client, generator: random.Random) -> None:
            body = {"model": model, "stream": stream, "max_tokens": 10, "messages": [{"role": "user", "content": "hi"}]}
            session = {"Session-Id": f"s{generator.randrange(4)}"} if generator.random() < 0.5 else {}
            with client.stream("POST", "/v1/chat/completions", json=body, headers={**headers, **session}) as answer:
                self._told.statuses.append(answer.status_code)
                text = answer.read().decode()
            if answer.status_code == 200 and (not stream or text.endswith("data: [DONE]\n\n")):
                self._told.completions.append(answer.headers["x-request-id"])
            elif answer.status_code == 200:
                self._told.cut.append(text[-200:])
            elif answer.status_code == 429:
                time.sleep(0.01)

        return ask

    def recharge(self, keys: list[dict], name: str) -> Callable[[httpx.Client, random.Random], None]:
        count = 0

        def pay(client: httpx.Client, generator: random.Random) -> None:
            nonlocal count
            count += 1
            key, note = generator.choice(keys), f"{name}-{count}"
            amount = generator.randrange(1, 3_000_000)
            if negative := generator.random() < 0.45:
                amount = -amount
            dollars = format(Decimal(amount) / DOLLAR, "f")
            text = f'{{"id": {key["id"]}, "balance": {dollars}, "note": "{note}"'
            text += ', "adjust": true}' if negative else "}"
            answer = self._manage(client, "/admin/api-key/recharge", content=text)
            if answer.status_code == 200:
                self._told.payments.append((note, amount))

        return pay

    def update(self, key: dict) -> Callable[[httpx.Client, random.Random], None]:
        count = 0
        names = self._told.names.setdefault(key["id"], [key["name"]])

        def change(client: httpx.Client, generator: random.Random) -> None:
            nonlocal count
            count += 1
            name = f"key {key['id']} for the {count}th time"
            quota = generator.choice([None, 0, 0.001, 0.05, 10])
            body = {"id": key["id"], "name": name, "month_quota": quota, "strict": generator.random() < 0.5}
            names.append(name)
            if self._manage(client, "/admin/api-key/update", json=body).status_code == 200:
                del names[:-1]
            time.sleep(0.02)

        return change

    def _manage(self, client: httpx.Client, path: str, **body: object) -> httpx.Response:
        answer = client.post(path, headers={**self._admin, "Content-Type": "application/json"}, **body)
        self._told.statuses.append(answer.status_code)
        return answer


def kill_now_and_then(instance: Instance, seconds: float) -> int:
    """One worker every three seconds; answers how many."""
    generator, start, deaths = random.Random(7), time.monotonic(), 0
    # By the clock, so that the wait for the last one's successor delays no other.
    while (deaths + 1) * DEATH_EVERY < seconds:
        time.sleep(max(0, start + (deaths + 1) * DEATH_EVERY - time.monotonic()))
        generator.choice(instance.wait_for_workers(WORKERS)).send(signal.SIGKILL)
        deaths += 1
    return deaths


@pytest.mark.timeout(180)
@pytest.mark.parametrize("seconds", [12, pytest.param(30, marks=pytest.mark.load)])
def test_recharges_completions_and_updates_of_the_same_keys_while_workers_are_killed(
    provider: Provider, make_instance, seconds
):
    instance = make_instance(workers=WORKERS)
    script = provider.script(*ANSWER)
    model = instance.admin.create_model("openai-compatible", script.openai_config(), **PRICES)
    keys = [instance.admin.create_key(month_quota=0.05) for _ in range(KEYS)]
    for key in keys:
        instance.admin.bind(key["id"], model["id"])
    told = Told()
    clients = Clients(instance, seconds, told)
    for number, key in enumerate(keys):
        for more in range(4):
            clients.run(clients.complete(model["name"], key, stream=more < 3), number + 1000 * more)
        clients.run(clients.update(key), number + 200)
    for number in range(3):
        clients.run(clients.recharge(keys, f"payment {number}"), number + 300)
    deaths = kill_now_and_then(instance, seconds)
    clients.join()
    assert deaths >= seconds / DEATH_EVERY - 1
    instance.wait_for_workers(WORKERS)

    assert not told.troubles
    assert set(told.statuses) <= EXPECTED, Counter(told.statuses)
    # Enough has happened for the rest to mean something.
    assert len(told.completions) > 20 * seconds and len(told.payments) > 20 * seconds
    assert Counter(told.statuses)[429] > seconds, "money has run out now and then"
    assert told.cut or 502 in told.statuses, "deaths have met calls that ran"
    print(f"\n{Counter(told.statuses)}, {len(told.cut)} cut, {deaths} deaths")

    rows = instance.ledger.rows("SELECT * FROM threads")
    recorded = Counter(row["request_id"] for row in rows)
    assert [id for id in told.completions if recorded[id] != 1] == [], "calls whose end was seen are recorded once"
    assert max(recorded.values()) == 1
    by_id = {row["request_id"]: row for row in rows}
    assert {by_id[id]["status"] for id in told.completions} == {"ok"}

    # The note of a balance that a key began with is another.
    paid = [row for row in payments(instance) if row["note"].startswith("payment ")]
    amounts = {row["note"]: row["amount"] for row in paid}
    assert len(amounts) == len(paid), "no payment was made twice"
    assert [note for note, amount in told.payments if amounts.get(note) != amount] == []

    for key in keys:
        row = instance.admin.key(key["id"])
        assert row["name"] in told.names[key["id"]], "the last update that was acknowledged holds"
    sessions = instance.ledger.rows(
        "SELECT s.id, s.total_fee, s.thread_count,"
        " (SELECT COUNT(*) FROM threads t WHERE t.session_id = s.id) AS threads,"
        " (SELECT SUM(fee) FROM threads t WHERE t.session_id = s.id) AS fees FROM sessions s"
    )
    assert sessions and all((s["thread_count"], s["total_fee"]) == (s["threads"], s["fees"]) for s in sessions)
    # Those of the dead go within two of the sweeps that come every 10 s.
    until(lambda: not any(instance.ledger.holds(key["id"]) for key in keys), "no hold is left", 25)
    assert instance.ledger_differences() == ""


def payments(instance: Instance) -> list[dict]:
    return instance.ledger.rows("SELECT note, amount FROM payments")
