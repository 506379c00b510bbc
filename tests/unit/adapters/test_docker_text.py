"""A tenant's output cannot command the operator's terminal."""

from __future__ import annotations

import struct
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.adapters.docker_text import MAX_LINE, lines, safe


def frame(payload: bytes, stream: int = 1) -> bytes:
    return struct.pack(">BxxxL", stream, len(payload)) + payload


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        (b"plain text", "plain text"),
        (b"tab\there", "tab\there"),
        ("Grüße 日本 👩‍🔬".encode(), "Grüße 日本 👩‍🔬"),
        (b"\x1b[2J\x1b]0;t\x07", "\\x1b[2J\\x1b]0;t\\x07"),
        ("\x9b31m".encode(), "\\x9b31m"),
        (b"one\rtwo", "one\\x0dtwo"),
        (b"windows\r", "windows"),
        ("abc\u202edef\u2028".encode(), "abc\\u{202e}def\\u{2028}"),
        (b"bad \xff bytes", "bad \ufffd bytes"),
        (b"nul\x00", "nul\\x00"),
    ],
)
def test_a_line_is_shown_and_not_obeyed(written: bytes, shown: str) -> None:
    assert safe(written) == shown


@given(st.binary(max_size=400))
def test_whatever_is_written_no_control_character_is_left(written: bytes) -> None:
    shown = safe(written).replace("\t", "")
    assert "Cc" not in {unicodedata.category(character) for character in shown}


@given(st.lists(st.text(alphabet="ab \n", max_size=30), max_size=8), st.integers(1, 20))
def test_frames_may_be_cut_anywhere(texts: list[str], size: int) -> None:
    raw = b"".join(frame(text.encode(), 1 + number % 2) for number, text in enumerate(texts))
    chunks = [raw[start : start + size] for start in range(0, len(raw), size)]
    whole = "".join(texts)
    expected = whole if whole.endswith("\n") or not whole else whole + "\n"
    assert "".join(lines(chunks)) == expected


def test_a_line_without_an_end_is_broken() -> None:
    found = list(lines([frame(b"x" * 16_384)] * 10))
    assert max(map(len, found)) == MAX_LINE + 1
    assert sum(line.count("x") for line in found) == 163_840


def test_a_frame_that_was_cut_off_is_given_as_far_as_it_is() -> None:
    assert list(lines([frame(b"whole\n"), frame(b"cut off")[:11]])) == ["whole\n", "cut\n"]
