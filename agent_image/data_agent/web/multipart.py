"""A multipart/form-data body taken apart while it arrives; nothing is kept but the piece at hand.

Starlette's own parser would first spool every file to /tmp, which is small and not ours to fill.
"""

from __future__ import annotations

from dataclasses import dataclass

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from data_agent.errors import BadRequest


@dataclass(frozen=True)
class PartStart:
    """A part begins: its field, and the file name when it is a file."""

    field: str
    filename: str | None


@dataclass(frozen=True)
class PartData:
    data: bytes


@dataclass(frozen=True)
class PartEnd:
    pass


Event = PartStart | PartData | PartEnd


class Splitter:
    """Feed it pieces of the body, it answers with what they meant. BadRequest when malformed."""

    def __init__(self, content_type: str) -> None:
        kind, options = parse_options_header(content_type)
        boundary = options.get(b"boundary")
        if kind != b"multipart/form-data" or not boundary:
            raise BadRequest(
                'Send the file as multipart/form-data in a field named "file", '
                "for example: curl -F file=@sales.csv …"
            )
        self._events: list[Event] = []
        self._header = (b"", b"")
        self._disposition = b""
        self.complete = False
        try:
            self._parser = MultipartParser(
                boundary,
                {
                    "on_part_begin": self._on_part_begin,
                    "on_header_field": self._on_header_field,
                    "on_header_value": self._on_header_value,
                    "on_header_end": self._on_header_end,
                    "on_headers_finished": self._on_headers_finished,
                    "on_part_data": self._on_part_data,
                    "on_part_end": self._on_part_end,
                    "on_end": self._on_end,
                },
            )
        except FormParserError:
            raise BadRequest("The multipart boundary is not valid.") from None

    def feed(self, piece: bytes) -> list[Event]:
        self._events = []
        try:
            self._parser.write(piece)
        except FormParserError:
            raise BadRequest("The multipart body is malformed.") from None
        return self._events

    def _on_part_begin(self) -> None:
        self._header = (b"", b"")
        self._disposition = b""

    def _on_header_field(self, data: bytes, start: int, end: int) -> None:
        self._header = (self._header[0] + data[start:end], self._header[1])

    def _on_header_value(self, data: bytes, start: int, end: int) -> None:
        self._header = (self._header[0], self._header[1] + data[start:end])

    def _on_header_end(self) -> None:
        if self._header[0].lower() == b"content-disposition":
            self._disposition = self._header[1]
        self._header = (b"", b"")

    def _on_headers_finished(self) -> None:
        _, options = parse_options_header(self._disposition)
        filename = options.get(b"filename")
        field = _decode(options.get(b"name", b""))
        self._events.append(PartStart(field, None if filename is None else _decode(filename)))

    def _on_part_data(self, data: bytes, start: int, end: int) -> None:
        self._events.append(PartData(data[start:end]))

    def _on_part_end(self) -> None:
        self._events.append(PartEnd())

    def _on_end(self) -> None:
        self.complete = True


def _decode(raw: bytes) -> str:
    """Browsers send UTF-8; an old client may send Latin-1."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")
