"""What the first milestone must show, line by line. Each test names the lines that it stands for."""

from __future__ import annotations

from enum import Enum

import pytest


class Line(Enum):
    FRESH = "`./install.sh --local` then the printed curl streams an answer"
    FIRST_CHUNK = "the first chunk reaches the client before the provider has sent the second"
    STREAM_SHAPE = "finish_reason, usage chunk only if asked, [DONE]; id, created and model equal on all chunks"
    ERROR_BEFORE = "a provider that throws before the first byte: real status, OpenAI error"
    ERROR_AFTER = (
        "a throttlingException frame or a cut connection after 3 chunks: an error event, no [DONE], the thread recorded"
        " as error/truncated with the tokens known, the hold released"
    )
    CLIENT_LEAVES = (
        "a client that leaves after 3 chunks, or before the first: the provider's connection is closed within 1 s;"
        " the thread is recorded cancelled"
    )
    QUOTA = (
        "300 parallel calls with a key whose quota allows 10 of them: at most 11 reach the provider; month_fee +"
        " balance spent equals the sum of the rows, to the nano-dollar"
    )
    WORKER_KILLED = (
        "kill -9 of a worker while 200 streams run: the others go on; multiwatch restarts it; every stream that ended"
        " with [DONE] is recorded exactly once"
    )
    MANY_STREAMS = (
        "4,000 concurrent streams (4 chunks a second each) through one worker all complete; a GET /v1/models during"
        " it answers in under 100 ms; resident memory <= 60 KB a stream"
    )
    SLOW_READERS = (
        "100 clients that read nothing while their streams run: other clients' chunk times do not change, memory stays"
        " bounded"
    )
    THROUGHPUT = (
        "non-stream with ledger on: requests/s >= 0.15 of nginx proxy_pass to the same provider in the same run"
    )
    LARGE_BODY = (
        "a 20 MB request body with an image does not delay other streams by more than 20 ms; 33 MB is refused with 413"
        " as JSON"
    )
    REFUSALS = (
        "broken JSON, wrong types, missing messages, unknown model, no key, revoked key, expired key, storage gone: the"
        " statuses of the design, as OpenAI errors"
    )
    DISCRETION = "no key, secret or prompt in any log at the default level"
    IDLE_MEMORY = "idle worker <= 25 MB resident"


def covers(*lines: Line) -> pytest.MarkDecorator:
    """Says which lines a test stands for; `pytest -m covers` runs those tests alone."""
    return pytest.mark.covers(*lines)
