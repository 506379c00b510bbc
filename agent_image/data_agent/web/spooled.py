"""A response from a file that is gone afterwards: complete before its first byte is sent.

Its length is announced, so that whoever gets less of it knows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

CHUNK_BYTES = 256 * 1024


class Spooled(StreamingResponse):
    """Stays in its directory while it is sent, so that it counts as used room."""

    def __init__(self, path: Path, headers: Mapping[str, str]) -> None:
        length = str(path.stat().st_size)
        super().__init__(_chunks(path), headers={**headers, "content-length": length})
        self._path = path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._path.unlink(missing_ok=True)


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            yield chunk
