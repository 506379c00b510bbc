"""Answers that come packed although nobody asked for that. Pure.

However much is in there, it comes in small pieces, so that whoever reads can stop.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator

from data_agent.errors import ModelFailed
from data_agent.llm.text.problems import OPERATOR

PIECE_BYTES = 64 * 1024
_ANY_HEADER = 32 + zlib.MAX_WBITS  # zlib's own sign for: gzip or zlib, whichever it is
_KNOWN = ("gzip", "x-gzip", "deflate")


class Unpacker:
    """Feed it the body as it came. `encoding` is the Content-Encoding header. ModelFailed."""

    def __init__(self, encoding: str) -> None:
        name = encoding.strip().lower()
        if name not in ("", "identity", *_KNOWN):
            raise ModelFailed(
                f"The language model's endpoint packs its answers in a way ({name[:20]}) that was "
                f"not asked for. {OPERATOR}"
            )
        self._zlib = zlib.decompressobj(_ANY_HEADER) if name in _KNOWN else None

    def feed(self, data: bytes) -> Iterator[bytes]:
        if self._zlib is None:
            yield data
            return
        rest = data
        try:
            while rest and not self._zlib.eof:
                yield self._zlib.decompress(rest, PIECE_BYTES)
                rest = self._zlib.unconsumed_tail
        except zlib.error:
            raise ModelFailed(
                f"The language model's endpoint sent an answer that cannot be unpacked. {OPERATOR}"
            ) from None
