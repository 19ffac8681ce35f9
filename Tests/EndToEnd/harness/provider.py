"""The scripted provider as a test sees it: its process, the scripts, and what reached it."""

from __future__ import annotations

import base64
import itertools
import json
import select
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx

from scripted import anthropic, openai, signature

from .waiting import until

ROOT = Path(__file__).parent.parent


@dataclass
class Seen:
    """One call that reached the provider."""

    data: dict[str, Any]
    headers: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self.headers = {name.lower(): value for name, value in self.data["headers"]}

    def __getattr__(self, name: str) -> Any:
        try:
            return self.data[name]
        except KeyError:
            raise AttributeError(name) from None

    @property
    def json(self) -> Any:
        return json.loads(base64.b64decode(self.data["body"]))


class Provider:
    """Runs the program in a process of its own, so that its work and the test's do not wait for each other."""

    _names = itertools.count(1)

    def __init__(self, stderr: Path) -> None:
        self._log = stderr.open("wb")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "scripted"], cwd=ROOT, stdout=subprocess.PIPE, stderr=self._log
        )
        try:
            ready, _, _ = select.select([self.process.stdout], [], [], 20)
            line = self.process.stdout.readline() if ready else b""
            if not line:
                raise AssertionError(f"The scripted provider did not start: {stderr.read_text()}")
        except BaseException:
            self.stop()
            raise
        ports = json.loads(line)
        self.bedrock_url = f"http://127.0.0.1:{ports['bedrock']}"
        self.openai_url = f"http://127.0.0.1:{ports['openai']}/v1"
        self.anthropic_url = f"http://127.0.0.1:{ports['anthropic']}"
        self.feishu_url = f"http://127.0.0.1:{ports['feishu']}"
        self._control = httpx.Client(base_url=f"http://127.0.0.1:{ports['control']}", timeout=30)

    def stop(self) -> None:
        if hasattr(self, "_control"):
            self._control.close()
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(10)
        self.process.stdout.close()
        self._log.close()

    def script(self, *steps: list[Any], name: str | None = None, **options: Any) -> Script:
        """Registers a script under a model id of its own."""
        script = Script(self, name or f"script.{next(self._names)}")
        script.set(*steps, **options)
        return script

    def put(self, model: str, body: dict[str, Any]) -> None:
        self._control.put(f"/scripts/{quote(model, safe='')}", json=body).raise_for_status()

    def send_signal(self, model: str, name: str) -> None:
        self._control.post(f"/signals/{quote(model, safe='')}/{name}").raise_for_status()

    def feishu(self, method: str, app: str, body: dict[str, Any] | None = None) -> Any:
        """What the scripted platform is told of an app, or tells."""
        return self._control.request(method, f"/feishu/{app}", json=body).raise_for_status().json()

    def calls(self, model: str | None = None, brief: bool = False, after: int = -1) -> list[Seen]:
        """Calls in their order; `brief` leaves out header fields, bodies and the times of events."""
        query = {"after": str(after)} if model is None else {"model": model, "after": str(after)}
        if brief:
            query["brief"] = "1"
        return [Seen(item) for item in self._control.get("/calls", params=query).raise_for_status().json()]

    def last_call(self) -> int:
        """The number of the newest call, -1 before the first."""
        return self._control.get("/state").raise_for_status().json()["calls"] - 1

    def state(self, model: str) -> dict[str, int]:
        return self._control.get("/state", params={"model": model}).raise_for_status().json()

    def connections(self) -> list[dict[str, Any]]:
        return self._control.get("/connections").raise_for_status().json()


class Script:
    """One model of the provider: what it does, and what it was asked."""

    def __init__(self, provider: Provider, model: str) -> None:
        self._provider = provider
        self.model = model

    def set(self, *steps: list[Any], **options: Any) -> None:
        self._provider.put(self.model, {"steps": list(steps), **options})

    def signal(self, name: str) -> None:
        self._provider.send_signal(self.model, name)

    def calls(self, brief: bool = False) -> list[Seen]:
        return self._provider.calls(self.model, brief)

    def state(self) -> dict[str, int]:
        return self._provider.state(self.model)

    @property
    def call(self) -> Seen:
        """The only call so far."""
        calls = self.calls()
        assert len(calls) == 1, f"{self.model} was called {len(calls)} times"
        return calls[0]

    def wait_for_calls(self, count: int, limit: float = 10.0) -> None:
        until(lambda: self.state()["calls"] >= count, f"{count} calls reached {self.model}", limit)

    def wait_for_end(self, limit: float = 10.0) -> Seen:
        """The only call, after it has ended at the provider."""
        until(lambda: self.calls(brief=True) and self.calls(brief=True)[-1].ended, f"{self.model}'s call ended", limit)
        return self.call

    def wait_until_waiting(self, name: str, limit: float = 10.0) -> None:
        until(
            lambda: any(call.waiting == name for call in self.calls(brief=True)),
            f"{self.model} came to wait for {name!r}",
            limit,
        )

    def bedrock_config(self, **members: Any) -> dict[str, Any]:
        """A model's configuration that leads here, for calls that are not tried again unless a test says so."""
        credentials = {"accessKeyId": signature.ACCESS_KEY, "secretAccessKey": signature.SECRET_KEY}
        return {
            "modelId": self.model,
            "region": signature.REGION,
            "endpoint": self._provider.bedrock_url,
            "credentials": [credentials],
            "maxRetries": 0,
            **members,
        }

    def openai_config(self, **members: Any) -> dict[str, Any]:
        return {
            "baseURL": self._provider.openai_url,
            "apiKey": openai.API_KEY,
            "model": self.model,
            "maxRetries": 0,
            **members,
        }

    def anthropic_config(self, **members: Any) -> dict[str, Any]:
        return {
            "baseURL": self._provider.anthropic_url,
            "apiKey": anthropic.API_KEY,
            "model": self.model,
            "maxRetries": 0,
            **members,
        }
