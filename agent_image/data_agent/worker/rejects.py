"""All rejects of a file, found again by reading it as imports do: so none has to keep them."""

from __future__ import annotations

import json
from pathlib import Path

from data_agent.importing.source import Cleaned, examine, kept_rows
from data_agent.values import Reject
from data_agent.worker.orders import Orders


def write_rejects(upload: Path, orders: Orders) -> bool:
    """One JSON list a line: line, reason, text. False when not all had room in `file_bytes`."""
    left = orders.file_bytes
    with Path(orders.target).open("wb") as file:

        def write(reject: Reject) -> None:
            nonlocal left
            entry = json.dumps([reject.line, reject.reason, reject.text]).encode() + b"\n"
            left -= len(entry)
            if left >= 0:
                file.write(entry)

        for _ in kept_rows(examine(upload, max_columns=orders.max_columns), Cleaned(each=write)):
            if left < 0:
                break
    return left >= 0
