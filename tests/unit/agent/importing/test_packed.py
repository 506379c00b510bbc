"""Archives are unpacked whole or refused with the reason, in bounded memory and disk."""

from __future__ import annotations

import gzip
import io
import struct
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import pytest
from data_agent.errors import BadUpload, TooLarge
from data_agent.importing.member_names import members, packed_kind
from data_agent.importing.packed import MIB, Unpacked, unpack
from hypothesis import given
from hypothesis import strategies as st

CSV = b"a,b\n1,2\n"


def zipped(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return made.getvalue()


def opener(folder: Path) -> Callable[[], tuple[Path, BinaryIO]]:
    count = iter(range(1000))

    def new_file() -> tuple[Path, BinaryIO]:
        path = folder / f"out-{next(count)}"
        return path, path.open("wb")

    return new_file


def unpacked(
    folder: Path, content: bytes, name: str = "x.zip", most: int = 64 * MIB
) -> list[Unpacked]:
    path = folder / "packed"
    path.write_bytes(content)
    kind = packed_kind(path)
    assert kind is not None
    return unpack(path, name, kind, new_file=opener(folder), most_bytes=most)


def test_gzip_with_several_parts_is_one_file(tmp_path: Path) -> None:
    (one,) = unpacked(tmp_path, gzip.compress(CSV) + gzip.compress(b"3,4\n"), "sales.csv.gz")
    assert one.name == "sales.csv"
    assert one.path is not None
    assert one.path.read_bytes() == CSV + b"3,4\n"


def test_every_csv_of_a_zip_has_its_name_and_clutter_is_left_out(tmp_path: Path) -> None:
    content = zipped(
        {
            "2023/sales.csv": b"a\n1\n",
            "2024/sales.csv": b"a\n2\n",
            "stock.csv": CSV,
            "__MACOSX/._stock.csv": b"\0",
            ".DS_Store": b"\0",
            "notes.xlsx": b"PK",
            "inner.zip": b"PK",
        }
    )
    found = {each.name: each for each in unpacked(tmp_path, content)}
    assert list(found) == [
        "2023-sales.csv",
        "2024-sales.csv",
        "stock.csv",
        "notes.xlsx",
        "inner.zip",
    ]
    assert "spreadsheet" in str(found["notes.xlsx"].error)
    assert "packed once more" in str(found["inner.zip"].error)
    path = found["2024-sales.csv"].path
    assert path is not None
    assert path.read_bytes() == b"a\n2\n"


def test_what_is_left_out_of_a_zip_is_listed_with_the_reason(tmp_path: Path) -> None:
    content = zipped(
        {
            "../evil.csv": CSV,
            "good.csv": CSV,
            ".git/config.csv": CSV,
            ".hidden.csv": CSV,
            "data.json": b'{"a": [1, 2]}',
            "README.txt": b"Hello.\n\nThese are the figures of May.\nAsk Ann.\n",
            "table.txt": b"a\tb\n1\t2\n",
            "wide.txt": "a;b\n1;2\n".encode("utf-16"),
            "Makefile": b"all:\n",
            "__MACOSX/good.csv": CSV,
            "b/.DS_Store": b"\0",
        }
    )
    found = {each.name: each for each in unpacked(tmp_path, content)}
    reasons = {name: str(each.error) for name, each in found.items() if each.error}
    assert set(found) - set(reasons) == {"good.csv", "table.txt", "wide.txt"}
    for name, reason in (
        ("evil.csv", "leads out of the archive"),
        ("config.csv", "hidden folder"),
        (".hidden.csv", "hidden file"),
        ("data.json", "does not end in .csv, .tsv"),
        ("README.txt", "text without columns"),
        ("Makefile", "does not end in"),
    ):
        assert f"{name} was left out" in reasons.pop(name)[:40]
        assert reason in str(found[name].error)
    assert not reasons
    kept = {each.path for each in found.values() if each.path}
    assert set(tmp_path.glob("out-*")) == kept


def test_bombs_are_refused_early(tmp_path: Path) -> None:
    zeros = b"0" * (40 * MIB)
    for name, content in (("b.csv.gz", gzip.compress(zeros)), ("b.zip", zipped({"b.csv": zeros}))):
        with pytest.raises(BadUpload, match="250 times"):
            unpacked(tmp_path, content, name)
        assert max(path.stat().st_size for path in tmp_path.glob("out-*")) < 20 * MIB


def test_what_there_is_no_room_for_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TooLarge, match="1 MiB"):
        unpacked(tmp_path, zipped({"a.csv": CSV * 200_000}), most=MIB)
    with pytest.raises(TooLarge, match="51 files"):
        unpacked(tmp_path, zipped({f"{n}.csv": CSV for n in range(51)}))


def test_a_table_of_contents_of_megabytes_is_not_read(tmp_path: Path) -> None:
    entry = b"PK\x01\x02" + b"\0" * 42
    directory = entry * 200_000
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 65535, 65535, len(directory), 4, 0)
    tracemalloc.start()
    with pytest.raises(BadUpload, match="too many files"):
        unpacked(tmp_path, b"PK\x03\x04" + directory + end)
    assert tracemalloc.get_traced_memory()[1] < 40 * MIB
    tracemalloc.stop()


@pytest.mark.parametrize("name", ["x.csv.gz", "x.zip"])
def test_a_cut_archive_is_damaged(tmp_path: Path, name: str) -> None:
    whole = gzip.compress(CSV * 1000) if name.endswith("gz") else zipped({"a.csv": CSV * 1000})
    with pytest.raises(BadUpload, match="damaged"):
        unpacked(tmp_path, whole[: len(whole) // 2], name)


def test_a_flipped_byte_is_found(tmp_path: Path) -> None:
    whole = bytearray(zipped({"a.csv": CSV}, zipfile.ZIP_STORED))
    whole[whole.index(b"1,2")] = ord("9")
    with pytest.raises(BadUpload, match="damaged"):
        unpacked(tmp_path, bytes(whole))


def test_unusual_methods_and_passwords_are_refused_by_name(tmp_path: Path) -> None:
    (lzma,) = unpacked(tmp_path, zipped({"a.csv": CSV}, zipfile.ZIP_LZMA))
    assert "unusual way" in str(lzma.error)
    locked = bytearray(zipped({"a.csv": CSV}))
    locked[locked.index(b"PK\x01\x02") + 8] |= 1
    (entry,) = unpacked(tmp_path, bytes(locked))
    assert "password" in str(entry.error)


def test_spreadsheets_and_empty_archives_are_explained(tmp_path: Path) -> None:
    with pytest.raises(BadUpload, match="spreadsheet"):
        unpacked(tmp_path, zipped({"[Content_Types].xml": b"", "xl/workbook.xml": b""}))
    with pytest.raises(BadUpload, match="no CSV file"):
        unpacked(tmp_path, zipped({}))
    with pytest.raises(BadUpload, match="packed once more"):
        unpacked(tmp_path, gzip.compress(b""), "all.tgz")


@given(st.lists(st.text(min_size=1, max_size=30), max_size=12, unique=True))
def test_member_names_never_clash_by_their_last_part(stored: list[str]) -> None:
    try:
        found = members("x.zip", stored)
    except BadUpload:
        return
    assert {each.stored for each in found} <= set(stored)
    assert len({each.stored for each in found}) == len(found)


@given(st.binary(max_size=300))
def test_no_bytes_at_all_break_the_unpacking(
    tmp_path_factory: pytest.TempPathFactory, tail: bytes
) -> None:
    folder = tmp_path_factory.mktemp("any")
    for head, name in ((b"\x1f\x8b\x08\0", "x.gz"), (b"PK\x03\x04", "x.zip")):
        with pytest.raises((BadUpload, TooLarge)):
            unpacked(folder, head + tail, name)
