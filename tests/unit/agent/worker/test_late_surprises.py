"""What the beginning of a file promised and its end does not hold changes the way, not the rows."""

from __future__ import annotations

import pytest

from tests.unit.agent.worker.loading import load

# Beyond the first MiB, from which the encoding and the line ends are guessed.
ROWS = 70_000
BODY = "".join(f"{n},name {n}\n" for n in range(ROWS))


@pytest.mark.parametrize(
    ("tail", "last", "encoding"),
    [
        ("7,Köln\n".encode("latin-1"), (7, "Köln"), "latin-1"),
        ("7,“Köln”\n".encode("cp1252"), (7, "“Köln”"), "cp1252"),
        (b"7,x\r\n", (7, "x"), "utf-8"),
        (b'7,"x\r\ny"\n', (7, "x\r\ny"), "utf-8"),
        (b"7,x\0y\n", (7, "xy"), "utf-8"),
        (b"7,x\r8,y\n", (8, "y"), "utf-8"),
        (b'7,"open\n8,y\n', (8, "y"), "utf-8"),
        (b"\n\n7,x\n\n", (7, "x"), "utf-8"),
        (b"7,x", (7, "x"), "utf-8"),
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_surprise_at_the_end_is_read_rightly(
    tail: bytes, last: tuple[int, str], encoding: str, end: str
) -> None:
    data = f"n,name\n{BODY}".replace("\n", end).encode() + tail
    imported = load(data)
    assert len(BODY) > 1024 * 1024
    assert imported.rows[:2] == [(0, "name 0"), (1, "name 1")]
    assert imported.rows[-1] == last
    assert len(imported.rows) + imported.report["rejected"] >= ROWS + 1
    assert imported.report["encoding"] == encoding
    assert imported.types == {"n": "BIGINT", "name": "VARCHAR"}


def test_a_late_value_of_another_kind_is_read_as_counted() -> None:
    imported = load(f"n,name\n{BODY}1.25,x\n".encode())
    assert imported.types["n"] == "DECIMAL(18,2)"
    assert len(imported.rows) == ROWS + 1
