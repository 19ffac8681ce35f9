"""Feishu's open platform as far as a bot needs it, with its rules: what breaks one is refused, and noted as a fault.

Rules: a token must be one that was issued and has not expired; a message is edited at most 5 times a second; cards have at
most 30 KB and `update_multi`; an app makes at most 50 calls a second and 1,000 a minute; a `uuid` sends one message. Only
messages that a test has announced can be replied to.
"""

from __future__ import annotations

import base64
import json
import re
from dataclasses import dataclass, field
from typing import Any

from .http import Request, Response
from .journal import now

LARGEST_CARD = 30 * 1024
CODES = {"token": 99991663, "rate": 99991400, "edits": 230020, "card": 230025, "message": 230011, "resource": 234003}


@dataclass
class Message:
    id: str
    replies_to: str
    #: When the platform showed which card: the reply, then each edit.
    shown: list[tuple[float, dict[str, Any]]] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        texts = [(when, card["body"]["elements"][0]["content"]) for when, card in self.shown]
        return {"id": self.id, "replies_to": self.replies_to, "shown": texts}


@dataclass
class App:
    id: str
    secret: str
    expire: int = 7200
    open_id: str = "ou_bot"
    known: set[str] = field(default_factory=set)
    #: Key -> (type, bytes).
    resources: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    #: Answers to give before anything else: code for each of the next calls that are not about tokens.
    refusals: list[int] = field(default_factory=list)
    tokens: dict[str, float] = field(default_factory=dict)
    messages: dict[str, Message] = field(default_factory=dict)
    by_uuid: dict[str, str] = field(default_factory=dict)
    calls: list[tuple[float, str, str]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


class Platform:
    def __init__(self) -> None:
        self._apps: dict[str, App] = {}

    def control(self, method: str, app_id: str, body: dict[str, Any] | None) -> Any:
        """PUT makes an app or changes it; GET tells what it did; DELETE makes its tokens end."""
        if method == "PUT":
            app = self._apps.setdefault(app_id, App(app_id, body.get("secret", "s")))
            app.secret = body.get("secret", app.secret)
            app.expire = body.get("expire", app.expire)
            app.known.update(body.get("known", []))
            app.refusals += body.get("refusals", [])
            for key, (kind, data) in body.get("resources", {}).items():
                app.resources[key] = (kind, base64.b64decode(data))
            return True
        app = self._apps[app_id]
        if method == "DELETE":
            app.tokens = {}
            return True
        return {
            "messages": [message.to_json() for message in app.messages.values()],
            "calls": app.calls,
            "faults": app.faults,
        }

    async def handle(self, request: Request, response: Response) -> None:
        body = json.loads(request.body) if request.body else {}
        path = request.target.split("?")[0]
        if path == "/open-apis/auth/v3/tenant_access_token/internal":
            await self._send(response, *self._token(body))
            return
        token = (request.header("authorization") or "").removeprefix("Bearer ")
        app = next((app for app in self._apps.values() if token in app.tokens), None)
        if app is None or app.tokens[token] < now():
            await self._send(response, 400, {"code": CODES["token"], "msg": "Invalid access token"})
            return
        app.calls.append((now(), request.method, path))
        if self._exceeds(app):
            await self._send(response, 400, {"code": CODES["rate"], "msg": "request trigger frequency limit"})
            return
        if app.refusals:
            code = app.refusals.pop(0)
            await self._send(response, 429 if code == 429 else 400, {"code": code, "msg": "as the test says"})
            return
        if match := re.fullmatch(r"/open-apis/im/v1/messages/([\w-]+)/resources/([\w-]+)", path):
            await self._resource(app, response, match[2])
            return
        await self._send(response, *self._answer(app, request.method, path, body))

    def _token(self, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        app = self._apps.get(body.get("app_id", ""))
        if app is None or app.secret != body.get("app_secret"):
            return 200, {"code": 10014, "msg": "app secret invalid"}
        app.calls.append((now(), "POST", "token"))
        token = f"t-{app.id}-{len(app.tokens)}-{len(app.calls)}"
        app.tokens[token] = now() + app.expire
        return 200, {"code": 0, "msg": "ok", "tenant_access_token": token, "expire": app.expire}

    def _answer(self, app: App, method: str, path: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        if path == "/open-apis/bot/v3/info":
            return 200, {"code": 0, "msg": "ok", "bot": {"open_id": app.open_id, "app_name": "helper"}}
        if match := re.fullmatch(r"/open-apis/im/v1/messages/([\w-]+)/reply", path):
            return self._reply(app, match[1], body)
        if method == "PATCH" and (match := re.fullmatch(r"/open-apis/im/v1/messages/([\w-]+)", path)):
            return self._edit(app, match[1], body)
        return 404, {"code": 404, "msg": "no such path"}

    def _reply(self, app: App, replied: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        if replied not in app.known:
            return self._fault(app, "message", f"there is no message {replied}")
        uuid = body.get("uuid", "")
        if not uuid or len(uuid) > 50:
            return self._fault(app, "message", f"not a uuid: {uuid}")
        if uuid not in app.by_uuid:
            card, wrong = self._card(app, body["content"])
            if wrong:
                return wrong
            message = Message(f"om_{app.id}_{len(app.messages)}", replied, [(now(), card)])
            app.messages[message.id] = message
            app.by_uuid[uuid] = message.id
        return 200, {"code": 0, "msg": "ok", "data": {"message_id": app.by_uuid[uuid]}}

    def _edit(self, app: App, edited: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        message = app.messages.get(edited)
        if message is None:
            return self._fault(app, "message", f"there is no message {edited}")
        card, wrong = self._card(app, body["content"])
        if wrong:
            return wrong
        time = now()
        if sum(when > time - 1 for when, _ in message.shown[1:]) >= 5:
            return self._fault(app, "edits", f"{edited} is edited more than 5 times a second")
        message.shown.append((time, card))
        return 200, {"code": 0, "msg": "ok", "data": {}}

    def _card(self, app: App, content: str) -> tuple[dict[str, Any], tuple[int, dict[str, Any]] | None]:
        if len(content.encode()) > LARGEST_CARD:
            return {}, self._fault(app, "card", f"a card of {len(content.encode())} bytes")
        card = json.loads(content)
        if card.get("config", {}).get("update_multi") is not True or card.get("schema") != "2.0":
            return {}, self._fault(app, "card", "a card that cannot be edited")
        text = card["body"]["elements"][0]["content"]
        if not text or "![" in text.replace("```", ""):
            return {}, self._fault(app, "card", "a card without content, or with an image by address")
        return card, None

    async def _resource(self, app: App, response: Response, key: str) -> None:
        if key not in app.resources:
            await self._send(response, 400, {"code": CODES["resource"], "msg": "File not in msg."})
            return
        kind, data = app.resources[key]
        await response.send(200, {"Content-Type": kind}, data)

    def _exceeds(self, app: App) -> bool:
        time = now()
        second = sum(when > time - 1 for when, _, _ in app.calls[-1001:])
        minute = sum(when > time - 60 for when, _, _ in app.calls[-1001:])
        if second > 50 or minute > 1000:
            app.faults.append(f"{second} calls in a second, {minute} in a minute")
            return True
        return False

    def _fault(self, app: App, name: str, text: str) -> tuple[int, dict[str, Any]]:
        app.faults.append(text)
        return 400, {"code": CODES[name], "msg": text}

    async def _send(self, response: Response, status: int, body: dict[str, Any]) -> None:
        await response.send(status, {"Content-Type": "application/json; charset=utf-8"}, json.dumps(body).encode())
