"""The database as it is on the disk, read beside the running workers."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any


class Ledger:
    """Money here is whole nano-dollars, as stored."""

    def __init__(self, database: Path) -> None:
        self._uri = f"{database.as_uri()}?mode=ro"

    def rows(self, sql: str, *arguments: Any) -> list[dict[str, Any]]:
        # A connection for each question: it sees what is committed now, and none stays open to hold back a checkpoint.
        connection = sqlite3.connect(self._uri, uri=True, timeout=5)
        try:
            connection.row_factory = sqlite3.Row
            return [dict(row) for row in connection.execute(sql, arguments)]
        finally:
            connection.close()

    def value(self, sql: str, *arguments: Any) -> Any:
        return next(iter(self.rows(sql, *arguments)[0].values()))

    def threads(self, key_id: int) -> list[dict[str, Any]]:
        return self.rows("SELECT * FROM threads WHERE key_id = ? ORDER BY id", key_id)

    def holds(self, key_id: int) -> int:
        return self.value("SELECT count(*) FROM holds WHERE key_id = ?", key_id)

    def month_fee(self, key_id: int) -> int:
        return self.value("SELECT coalesce(sum(fee), 0) FROM key_months WHERE key_id = ?", key_id)

    def balance(self, key_id: int) -> int:
        return self.value("SELECT balance FROM api_keys WHERE id = ?", key_id)
