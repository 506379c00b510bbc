"""Where a body ends, in whatever pieces it comes."""

from __future__ import annotations

import pytest

from orchestrator.edge.gate.extent import Chunked, Length, NoBody, extent

WHOLE = b"3;ext=1\r\nabc\r\nA \r\n0123456789\r\n0\r\nX-Sum: 6\r\n\r\n"
EMPTY = b"0\r\n\r\n"


@pytest.mark.parametrize("body", [WHOLE, EMPTY])
@pytest.mark.parametrize("step", [1, 2, 3, 7, 1000])
def test_chunks_end_where_they_end(body: bytes, step: int) -> None:
    found, came = Chunked(), body + b"GET / HTTP/1.1\r\n\r\n"
    used = 0
    while not found.done:
        used += found.take(came[used : used + step])
    assert used == len(body)
    assert found.take(b"more") == 0


@pytest.mark.parametrize(
    "broken",
    [b"x\r\n", b"3\nabc\r\n", b"3\r\nabcd\r\n", b"3\r\nabc\n0\r\n\r\n", b"-1\r\n", b"\r\n",
     b"0x3\r\nabc\r\n", b"1" * 16 + b"\r\n", b"0\r\nA: b\n\r\n", b";" * 20_000,
     b"0\r\n" + b"A: b\r\n" * 4_000],
)  # fmt: skip
@pytest.mark.parametrize("step", [1, 100_000])
def test_what_can_be_read_in_two_ways_is_no_body(broken: bytes, step: int) -> None:
    found = Chunked()
    with pytest.raises(NoBody):
        for at in range(0, len(broken), step):
            found.take(broken[at : at + step])


def test_a_length_ends_after_so_many_bytes_and_none_never() -> None:
    found = extent(5, chunked=False)
    assert (found.take(b"abc"), found.done, found.take(b"defg"), found.done) == (3, False, 2, True)
    assert extent(0, chunked=False).done
    assert not Length(None).done
    assert Length(None).take(b"abc") == 3
