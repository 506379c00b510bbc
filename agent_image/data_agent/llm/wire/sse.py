"""Server-sent events, as far as models use them: the data of each event. Pure."""

from __future__ import annotations

from collections.abc import Iterator


class Events:
    """Feed bytes as they come, get the data of each event that is complete."""

    def __init__(self) -> None:
        self._rest = b""
        self._data: list[str] = []

    def feed(self, piece: bytes) -> Iterator[str]:
        """Lines end with LF or CR LF; an empty line ends an event."""
        lines = (self._rest + piece).split(b"\n")
        self._rest = lines.pop()
        for raw in lines:
            yield from self._line(raw.rstrip(b"\r").decode("utf-8", "replace"))

    def end(self) -> Iterator[str]:
        """What stands there when the stream ends without its last empty line."""
        yield from self._line(self._rest.decode("utf-8", "replace").rstrip("\r"))
        yield from self._line("")
        self._rest = b""

    def _line(self, line: str) -> Iterator[str]:
        if line.startswith("data:"):
            self._data.append(line[5:].removeprefix(" "))
        elif not line and self._data:
            yield "\n".join(self._data)
            self._data = []
