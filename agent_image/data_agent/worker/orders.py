"""What a worker is told when it starts: one JSON argument, and nothing by the environment."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Literal

Mode = Literal["reader", "writer", "exporter"]


@dataclass(frozen=True)
class Orders:
    """Paths and limits of one worker process. Bytes and seconds."""

    mode: Mode
    database: str
    scratch_dir: str
    memory_bytes: int
    threads: int
    file_bytes: int  # the largest file that a writer may make
    cpu_s: int
    max_columns: int
    max_result_bytes: int
    target: str = ""  # the one new file that an exporter writes

    def to_json(self) -> str:
        return json.dumps(asdict(self), separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> Orders:
        return cls(**json.loads(text))
