"""A key, a model that it may use, and the script behind that model: what most tests begin with."""

from __future__ import annotations

import json
from typing import Any

import anthropic
import openai

from .instance import Instance
from .provider import Script
from .raw import RawConnection
from .waiting import until

PROVIDERS = {"bedrock": "bedrock-converse", "openai": "openai-compatible", "anthropic": "anthropic"}
ASK = [{"role": "user", "content": "ping"}]


class Caller:
    def __init__(
        self,
        instance: Instance,
        script: Script,
        kind: str = "bedrock",
        *,
        config: dict[str, Any] | None = None,
        model: dict[str, Any] | None = None,
        key: dict[str, Any] | None = None,
    ) -> None:
        self.instance = instance
        self.script = script
        self.kind = kind
        configs = {
            "bedrock": script.bedrock_config,
            "openai": script.openai_config,
            "anthropic": script.anthropic_config,
        }
        members = configs[kind]()
        merged = {**members, **(config or {})}
        # None takes a member away.
        self.config = {name: value for name, value in merged.items() if value is not None}
        self.model_row = instance.admin.create_model(PROVIDERS[kind], self.config, **(model or {}))
        self.key_row = instance.admin.create_key(**(key or {}))
        instance.admin.bind(self.key_row["id"], self.model_row["id"])
        self.openai = openai.OpenAI(base_url=f"{instance.url}/v1", api_key=self.key, max_retries=0, timeout=20)
        self.anthropic = anthropic.Anthropic(base_url=instance.url, api_key=self.key, max_retries=0, timeout=20)

    def close(self) -> None:
        self.openai.close()
        self.anthropic.close()

    @property
    def key(self) -> str:
        return self.key_row["api_key"]

    @property
    def key_id(self) -> int:
        return self.key_row["id"]

    @property
    def model(self) -> str:
        return self.model_row["name"]

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}

    def body(self, **members: Any) -> dict[str, Any]:
        return {"model": self.model, "messages": ASK, **members}

    def ask(self, **members: Any) -> Any:
        """A chat completion by the openai client; a stream as the list of its chunks."""
        answer = self.openai.chat.completions.create(**self.body(**members))
        return list(answer) if members.get("stream") else answer

    def message(self, **members: Any) -> Any:
        """A whole message by the anthropic client."""
        return self.anthropic.messages.create(**self.body(**{"max_tokens": 256, **members}))

    def message_stream(self, **members: Any) -> Any:
        """A streamed message by the anthropic client's helper, which accumulates it: a context manager."""
        return self.anthropic.messages.stream(**self.body(**{"max_tokens": 256, **members}))

    def send(self, connection: RawConnection, **members: Any) -> None:
        connection.send("POST", "/v1/chat/completions", self.headers, json.dumps(self.body(**members)).encode())

    def stream(self, **members: Any) -> RawConnection:
        """A streamed call on a socket of its own, answered with 200."""
        connection = self.instance.connect()
        self.send(connection, stream=True, **members)
        head = connection.head()
        assert head.status == 200, connection.body()
        return connection

    def thread(self, limit: float = 10.0) -> dict[str, Any]:
        """The only record of this key, once it is there, with its detail as the management interface tells it."""
        until(lambda: self.instance.ledger.threads(self.key_id), "the call was recorded", limit)
        (only,) = self.instance.admin.threads(self.key_id)
        return only

    def detail(self) -> dict[str, Any]:
        """The only record, with its whole prompt and the attempts that were made."""
        return self.instance.admin.get(f"/admin/thread/detail/{self.thread()['id']}")

    def stored(self) -> dict[str, Any]:
        """The same as it stands in the database."""
        (only,) = self.instance.ledger.threads(self.key_id)
        return only

    def assert_released(self) -> None:
        """No hold is left, and the month's fees are the sum of the records."""
        ledger = self.instance.ledger
        # It goes right after the record has come, which nobody waits for when the client has left.
        until(lambda: ledger.holds(self.key_id) == 0, "the hold was given back")
        assert ledger.month_fee(self.key_id) == sum(row["fee"] for row in ledger.threads(self.key_id))


def text_of(chunks: list[Any]) -> str:
    """The text of the openai client's chunks."""
    return "".join(c.choices[0].delta.content or "" for c in chunks if c.choices)


def finish_reasons(chunks: list[Any]) -> list[str]:
    return [c.choices[0].finish_reason for c in chunks if c.choices and c.choices[0].finish_reason]
