"""A bot of an instance, in front of a caller's model, and the platform that its users write on."""

from __future__ import annotations

import base64
import hashlib
import itertools
import json
import os
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx

from .caller import Caller
from .waiting import until

TOKEN = "the-verification-token"
ENCRYPT_KEY = "the-encrypt-key"
OPEN_ID = "ou_bot"
#: What a bot's model says unless a test tells it otherwise.
ANSWER = (["text", "po"], ["text", "ng"], ["finish", "end_turn"], ["usage", {"inputTokens": 8, "outputTokens": 4}])


class Bot:
    _numbers = itertools.count(1)

    def __init__(self, caller: Caller, *, encrypted: bool = True, expire: int = 7200, **config: Any) -> None:
        number = next(self._numbers)
        self.caller = caller
        self.provider = caller.script._provider
        # The examples of docs/api.md have cli_1 and cli_2.
        self.app = f"cli_bot_{number}"
        self.name = f"bot-{number}"
        self.encrypted = encrypted
        self._events = itertools.count(1)
        self.http = httpx.Client(timeout=15)
        self.provider.feishu("PUT", self.app, {"secret": f"secret-of-{self.app}", "expire": expire})
        members = {
            "appId": self.app,
            "appSecret": f"secret-of-{self.app}",
            "apiKey": caller.key,
            "modelId": caller.model,
            "verificationToken": TOKEN,
            "baseUrl": self.provider.feishu_url,
            **({"encryptKey": ENCRYPT_KEY} if encrypted else {}),
            **config,
        }
        self.row = caller.instance.admin.post("/admin/bot/feishu/save", name=self.name, config=members)
        self.url = caller.instance.url + self.row["callback"]

    def close(self) -> None:
        self.http.close()

    # What users write

    def event(
        self,
        text: str = "ping",
        *,
        chat: str = "oc_1",
        group: bool = False,
        mentions: list[tuple[str, str]] = (),
        kind: str = "text",
        content: dict[str, Any] | None = None,
        token: str = TOKEN,
        age: float = 0,
    ) -> dict[str, Any]:
        """An event of format 2.0 about a message that the platform knows from now on."""
        number = next(self._events)
        message = f"om_{self.app}_user_{number}"
        self.provider.feishu("PUT", self.app, {"known": [message]})
        created = str(int((time.time() - age) * 1000))
        return {
            "schema": "2.0",
            "header": {
                "event_id": f"ev-{self.app}-{number}",
                "event_type": "im.message.receive_v1",
                "create_time": created,
                "token": token,
                "app_id": self.app,
                "tenant_key": "t",
            },
            "event": {
                "sender": {"sender_id": {"open_id": "ou_user"}, "sender_type": "user"},
                "message": {
                    "message_id": message,
                    "chat_id": chat,
                    "chat_type": "group" if group else "p2p",
                    "message_type": kind,
                    "create_time": created,
                    "content": json.dumps({"text": text} if content is None else content),
                    "mentions": [{"key": key, "id": {"open_id": who}, "name": "Somebody"} for key, who in mentions],
                },
            },
        }

    def body(self, document: dict[str, Any]) -> bytes:
        text = json.dumps(document).encode()
        if not self.encrypted:
            return text
        vector = os.urandom(16)
        key = hashlib.sha256(ENCRYPT_KEY.encode()).hexdigest()
        command = ["openssl", "enc", "-aes-256-cbc", "-K", key, "-iv", vector.hex()]
        sealed = subprocess.run(command, input=text, stdout=subprocess.PIPE, check=True, timeout=10).stdout
        return json.dumps({"encrypt": base64.b64encode(vector + sealed).decode()}).encode()

    def headers(self, body: bytes, *, key: str = ENCRYPT_KEY, age: int = 0) -> dict[str, str]:
        headers = {"Content-Type": "application/json"}
        if self.encrypted:
            stamp = str(int(time.time()) - age)
            digest = hashlib.sha256((stamp + "nonce" + key).encode() + body).hexdigest()
            headers |= {
                "X-Lark-Request-Timestamp": stamp,
                "X-Lark-Request-Nonce": "nonce",
                "X-Lark-Signature": digest,
            }
        return headers

    def post(self, document: dict[str, Any], **options: Any) -> httpx.Response:
        body = self.body(document)
        return self.http.post(self.url, content=body, headers=self.headers(body, **options))

    def post_together(self, document: dict[str, Any], count: int) -> list[httpx.Response]:
        with ThreadPoolExecutor(count) as pool:
            return list(pool.map(lambda _: self.post(document), range(count)))

    def say(self, text: str = "ping", **options: Any) -> str:
        """A user's message, which the bot takes; answers its id."""
        document = self.event(text, **options)
        answer = self.post(document)
        assert (answer.status_code, answer.json()) == (200, {"success": True, "data": "accepted"}), answer.text
        return document["event"]["message"]["message_id"]

    # What the platform shows

    def seen(self) -> dict[str, Any]:
        return self.provider.feishu("GET", self.app)

    def replies(self, message: str | None = None) -> list[dict[str, Any]]:
        return [reply for reply in self.seen()["messages"] if message in (None, reply["replies_to"])]

    def texts(self, message: str | None = None) -> list[str]:
        """What the replies show now."""
        return [reply["shown"][-1][1] for reply in self.replies(message)]

    def events(self) -> list[dict[str, Any]]:
        """The oldest first."""
        path = f"/admin/bot/feishu/events/{self.row['id']}"
        return self.caller.instance.admin.get(path, limit=1000)["items"][::-1]

    def wait(self, count: int = 1, limit: float = 20) -> list[dict[str, Any]]:
        """Waits until so many events have ended."""
        return until(
            lambda: found
            if len(found := [e for e in self.events() if e["state"] in ("done", "failed")]) >= count
            else [],
            f"{count} events of {self.name} have ended",
            limit,
        )

    def ask(self, text: str = "ping", **options: Any) -> str:
        """Says something and waits for the whole answer."""
        ended = len([e for e in self.events() if e["state"] in ("done", "failed")])
        message = self.say(text, **options)
        self.wait(ended + 1)
        return "".join(self.texts(message))

    def faults(self) -> list[str]:
        return self.seen()["faults"]
