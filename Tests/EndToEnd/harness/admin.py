"""The management interface as the tests use it."""

from __future__ import annotations

import itertools
from typing import Any

import httpx


class Admin:
    """Calls as an administrator. Each method answers `data`, or fails with the whole answer."""

    _names = itertools.count(1)

    def __init__(self, url: str, key: str) -> None:
        self.http = httpx.Client(base_url=url, headers={"Authorization": f"Bearer {key}"}, timeout=15)

    def close(self) -> None:
        self.http.close()

    def post(self, path: str, **body: Any) -> Any:
        return self._data(self.http.post(path, json=body))

    def get(self, path: str, **query: Any) -> Any:
        return self._data(self.http.get(path, params=query))

    def _data(self, answer: httpx.Response) -> Any:
        assert answer.status_code == 200, f"{answer.request.method} {answer.request.url}: {answer.text}"
        body = answer.json()
        assert body["success"] is True, body
        return body["data"]

    def create_key(self, **members: Any) -> dict[str, Any]:
        """A user's key with money on it, unless told otherwise."""
        return self.post("/admin/api-key/apply", **{"name": self.unique("key"), "month_quota": 100, **members})

    def key(self, key_id: int) -> dict[str, Any]:
        rows = self.get("/admin/api-key/list", limit=1000)["items"]
        return next(row for row in rows if row["id"] == key_id)

    def create_model(self, provider: str, config: dict[str, Any], **members: Any) -> dict[str, Any]:
        defaults = {"name": self.unique("model"), "price_in": 3, "price_out": 15}
        return self.post("/admin/model/save", **{**defaults, "provider": provider, "config": config, **members})

    def bind(self, key_id: int, model_id: int) -> None:
        self.post("/admin/api-key/bind-model", key_id=key_id, model_id=model_id)

    def threads(self, key_id: int) -> list[dict[str, Any]]:
        return self.get("/admin/thread/list", key_id=key_id, limit=1000)["items"]

    def unique(self, stem: str) -> str:
        return f"{stem}-{next(self._names)}"
