"""What the kernel says of the generation of its rules, and that it is believed by the firewall."""

from __future__ import annotations

import struct
import sys
from pathlib import Path

import pytest

from orchestrator.adapters.firewall import HostFirewall
from orchestrator.adapters.nft_generation import parse

HEAD = struct.pack("=HHII", 10 << 8 | 15, 0, 1, 0)
FAMILY = bytes(4)
# nft in few words: remembers what it was asked, lists the table as it was set.
NFT = """
import json, sys
from pathlib import Path
asked, text = Path(sys.argv[1]), sys.stdin.read()
asked.write_text(asked.read_text() + ("set\\n" if text else "list\\n"))
print("" if text else json.dumps({"nftables": [{"table": {"name": "t"}}]}))
"""


def answer(*attributes: bytes) -> bytes:
    body = HEAD + FAMILY + b"".join(attributes)
    return struct.pack("=I", len(body) + 4) + body


def attribute(kind: int, value: bytes) -> bytes:
    padding = bytes(-len(value) % 4)
    return struct.pack("=HH", len(value) + 4, kind) + value + padding


def test_the_number_is_found_among_the_attributes() -> None:
    number = attribute(1, (4711).to_bytes(4, "big"))
    name = attribute(3, b"nft\0\0")
    assert parse(answer(number, name)) == parse(answer(name, number)) == 4711


def test_an_error_or_an_answer_without_a_number_tells_nothing() -> None:
    refused = struct.pack("=IHHII", 20, 2, 0, 1, 0) + struct.pack("=i", -1)
    assert parse(refused) is None
    assert parse(answer(attribute(3, b"nft\0"))) is None
    assert parse(answer()) is None


@pytest.mark.parametrize("length", [0, 8, 16, 22])
def test_an_answer_that_is_cut_off_is_an_error(length: int) -> None:
    with pytest.raises(struct.error):
        parse(answer(attribute(1, bytes(4)))[:length])


@pytest.fixture
def asked(tmp_path: Path) -> Path:
    log = tmp_path / "asked"
    log.write_text("")
    return log


def test_the_table_is_looked_at_only_after_a_change_of_some_rule(asked: Path) -> None:
    now: list[int | None] = [1]
    command = (sys.executable, "-c", NFT, str(asked))
    firewall = HostFirewall("btu", command=command, generation=lambda: now[0])
    firewall.ensure()
    now[0] = 2  # our own change
    looks = []
    for generation in (2, 2, 3, 3, None, None):
        now[0] = generation
        asked.write_text("")
        assert firewall.ensure() is False
        looks.append(asked.read_text().split())
    assert looks == [["list"], [], ["list"], [], ["list"], ["list"]]
