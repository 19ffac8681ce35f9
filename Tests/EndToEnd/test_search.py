"""Search over threads, through nginx and the workers that index in the background."""

from __future__ import annotations

import signal

import pytest

from harness.instance import Instance
from harness.waiting import until


@pytest.fixture(scope="module")
def instance_of_searches(shared_maker) -> Instance:
    return shared_maker(workers=2)


@pytest.fixture(scope="module")
def ask(instance_of_searches):
    """Sends a prompt to a model that repeats it."""
    admin = instance_of_searches.admin
    key = admin.create_key()
    model = admin.create_model("echo", {})
    admin.bind(key["id"], model["id"])

    def send(prompt: str) -> None:
        answer = admin.http.post(
            "/v1/chat/completions",
            json={"model": model["name"], "messages": [{"role": "user", "content": prompt}]},
            headers={"Authorization": f"Bearer {key['api_key']}"},
        )
        assert answer.status_code == 200, answer.text

    return send


def found(instance: Instance, query: str) -> list[str]:
    return [row["prompt"] for row in instance.admin.get("/admin/thread/list", q=query)["items"]]


def is_indexed(instance: Instance) -> bool:
    return instance.ledger.value(
        "SELECT newest = (SELECT max(id) FROM threads) AND oldest <= (SELECT min(id) FROM threads)"
        " FROM thread_search_state"
    )


def test_a_thread_is_found_at_once_and_after_it_was_indexed(instance_of_searches, ask):
    prompts = ["Restart the Gateway at once", "我们的网关支持数据库迁移", "order 20261121 of gpt-4o"]
    queries = {"gateway": prompts[0], "网关": prompts[1], "据库": prompts[1], "gpt-4o": prompts[2], "2026": prompts[2]}
    for prompt in prompts:
        ask(prompt)
    for query, prompt in queries.items():
        assert found(instance_of_searches, query) == [prompt]
    until(lambda: is_indexed(instance_of_searches), "every thread is in the index", 15, pause=0.1)
    for query, prompt in queries.items():
        assert found(instance_of_searches, query) == [prompt]
    assert found(instance_of_searches, "gateway 网关") == []
    assert found(instance_of_searches, 'gateway" OR "order') == []


def test_another_worker_goes_on_indexing_when_the_one_that_did_is_killed(instance_of_searches, ask):
    # One of the two had the lock: it dies, the other or its successor has it then.
    for worker in instance_of_searches.workers():
        worker.send(signal.SIGKILL)
        instance_of_searches.wait_for_workers(2)
        until(lambda: instance_of_searches.admin.http.get("/readyz").status_code == 200, "it serves again", 15)
        prompt = f"survivor{worker.pid}"
        ask(prompt)
        until(lambda: is_indexed(instance_of_searches), "the index is complete again", 20, pause=0.1)
        assert found(instance_of_searches, prompt) == [prompt]


@pytest.mark.parametrize(
    ("query", "remedy"),
    [("?!", "letter"), ("，。", "letter"), ("w " * 17, "at most 16"), ("x" * 1001, "at most 1000")],
)
def test_a_search_for_nothing_or_too_much_is_refused_by_name(instance_of_searches, query, remedy):
    answer = instance_of_searches.admin.http.get("/admin/thread/list", params={"q": query})
    assert answer.status_code == 400
    assert answer.json()["error"]["param"] == "q" and remedy in answer.json()["data"]
