"""Takes secrets out of what is passed on, also where a stream cuts one in two. Pure."""

from __future__ import annotations

from collections.abc import Sequence

MARK = b"[key]"


class Redactor:
    """Feed pieces, pass on what comes back; `rest` at the end. What may be the beginning of a
    secret waits for the next piece."""

    def __init__(self, secrets: Sequence[bytes]) -> None:
        self._secrets = sorted((one for one in secrets if one), key=len, reverse=True)
        self._held = b""

    def feed(self, piece: bytes) -> bytes:
        text = self._held + piece
        for secret in self._secrets:
            text = text.replace(secret, MARK)
        held = max((_begun(text, secret) for secret in self._secrets), default=0)
        self._held = text[len(text) - held :]
        return text[: len(text) - held]

    def rest(self) -> bytes:
        """What waited and was no secret."""
        held, self._held = self._held, b""
        return held


def _begun(text: bytes, secret: bytes) -> int:
    """How many bytes at the end of the text are the beginning of the secret."""
    longest = min(len(text), len(secret) - 1)
    return next((n for n in range(longest, 0, -1) if text.endswith(secret[:n])), 0)
