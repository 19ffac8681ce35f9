"""The database as it is on the disk, read beside the running workers."""

from __future__ import annotations

import array
import sqlite3
from pathlib import Path
from typing import Any


class Ledger:
    """Money here is whole nano-dollars, as stored."""

    def __init__(self, database: Path) -> None:
        self._uri = f"{database.as_uri()}?mode=ro"
        self._holds = database.with_name(database.name + ".holds-3")

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
        """How many calls of the key hold money, in all processes; the file is HoldLayout's."""
        slots, blocks, header, slot_words, seconds = 8192, 128, 32, 4, 61
        words = array.array("q", self._holds.read_bytes())
        first = header + blocks + (slot_words + 2 * seconds) * slots
        # Where the layout has changed, no test may find that nothing is held.
        assert len(words) == first + 3 * slots * blocks, "HoldLayout is another"
        keys = words[header + blocks : header + blocks + slot_words * slots : slot_words]
        if key_id not in keys:
            return 0
        slot = keys.index(key_id)
        in_use = [block for block in range(blocks) if words[header + block]]
        return sum(words[first + (block * slots + slot) * 3 + 1] for block in in_use)

    def month_fee(self, key_id: int) -> int:
        return self.value("SELECT coalesce(sum(fee), 0) FROM key_months WHERE key_id = ?", key_id)

    def balance(self, key_id: int) -> int:
        return self.value("SELECT balance FROM api_keys WHERE id = ?", key_id)
