"""Bodies taken apart mean the same, however they were cut on their way."""

from __future__ import annotations

import itertools

import pytest
from data_agent.errors import BadRequest
from data_agent.web.multipart import PartData, PartEnd, PartStart, Splitter
from hypothesis import given
from hypothesis import strategies as st

TYPE = "multipart/form-data; boundary=XX"


def parts(pieces: list[bytes]) -> list[tuple[str, str | None, bytes]]:
    splitter, found = Splitter(TYPE), []
    field, filename, data = "", None, b""
    for piece in pieces:
        for event in splitter.feed(piece):
            if isinstance(event, PartStart):
                field, filename, data = event.field, event.filename, b""
            elif isinstance(event, PartData):
                data += event.data
            elif isinstance(event, PartEnd):
                found.append((field, filename, data))
    assert splitter.complete
    return found


@given(st.binary(max_size=300), st.lists(st.integers(0, 600), max_size=8))
def test_any_content_in_any_pieces(content: bytes, cuts: list[int]) -> None:
    content = content.replace(b"\r\n--XX", b"")
    body = (
        b'--XX\r\nContent-Disposition: form-data; name="note"\r\n\r\nhello\r\n'
        b'--XX\r\nContent-Disposition: form-data; name="file"; filename="\xc3\xa9.csv"\r\n'
        b"Content-Type: text/csv\r\n\r\n" + content + b"\r\n--XX--\r\n"
    )
    edges = sorted({0, len(body), *(min(cut, len(body)) for cut in cuts)})
    pieces = [body[a:b] for a, b in itertools.pairwise(edges)]
    assert parts(pieces) == [("note", None, b"hello"), ("file", "é.csv", content)]


@pytest.mark.parametrize(
    "kind", ["", "text/csv", "multipart/form-data", "multipart/mixed; boundary=X"]
)
def test_other_bodies_are_refused_with_how_to_send(kind: str) -> None:
    with pytest.raises(BadRequest, match="curl -F file=@"):
        Splitter(kind)


def test_a_boundary_that_is_too_long_is_refused() -> None:
    with pytest.raises(BadRequest):
        Splitter("multipart/form-data; boundary=" + "x" * 1000)
