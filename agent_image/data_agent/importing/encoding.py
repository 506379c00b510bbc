"""Which characters the bytes of an upload mean. Streaming: a file of any size in small chunks."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from data_agent.importing.marks import CHUNK_BYTES, Marks

HEAD_BYTES = 64 * 1024
BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
CP1252_HOLES = frozenset(b"\x81\x8d\x8f\x90\x9d")
CP1252_ONLY = frozenset(range(0x80, 0xA0))
# A UTF-8 file with some stray bytes is still a UTF-8 file: one stray per so many good sequences.
GOOD_PER_STRAY = 10


_ASCII = bytes(range(0x80))


@dataclass(frozen=True)
class Encoding:
    """`codec` for Python, `label` for people. `mended`: some bytes are not valid in it.

    `marks`: of a file that is UTF-8 throughout, which DuckDB may read as it is.
    """

    codec: str
    label: str
    mended: bool = False
    marks: Marks | None = None


def detect(path: Path) -> Encoding:
    """The encoding of the whole file: a sample would miss the one umlaut in the last line."""
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
        for bom, codec in BOMS:
            if head.startswith(bom) and codec != "utf-8-sig":
                return Encoding(codec, codec)
        wide = _utf16_without_bom(head)
        if wide:
            return Encoding(wide, "utf-16")
        file.seek(0)
        return _narrow(file, "utf-8-sig" if head.startswith(codecs.BOM_UTF8) else "utf-8")


def likely(path: Path) -> Encoding | None:
    """UTF-8, if the beginning of the file is, without NULs and with one kind of line end; its marks
    are those of the beginning. Only detect() is sure."""
    with path.open("rb") as file:
        head = file.read(CHUNK_BYTES)
    marks = Marks()
    marks.feed(head.removesuffix(b"\r"))  # half of a CR LF, perhaps
    if marks.nuls or not marks.line_end:
        return None
    try:
        codecs.getincrementaldecoder("utf-8")("strict").decode(head)
    except UnicodeDecodeError:
        return None
    codec = "utf-8-sig" if head.startswith(codecs.BOM_UTF8) else "utf-8"
    return Encoding(codec, "utf-8", marks=marks)


def read_text(path: Path, encoding: Encoding) -> Iterator[str]:
    """The file's text in chunks, line ends as they are, NUL characters left in."""
    errors = "surrogateescape" if encoding.codec.startswith("utf-8") else "replace"
    decoder = codecs.getincrementaldecoder(encoding.codec)(errors)
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            yield _mend(decoder.decode(chunk), encoding)
        yield _mend(decoder.decode(b"", final=True), encoding)


def _mend(text: str, encoding: Encoding) -> str:
    """Bytes that are no UTF-8 in a UTF-8 file are read as Windows characters."""
    return text.translate(_STRAYS) if encoding.mended else text


def _utf16_without_bom(head: bytes) -> str | None:
    """UTF-16 text in most languages has a zero in every second byte of most characters."""
    if len(head) < 4 or head.count(0) < len(head) * 0.3:
        return None
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if odd > 4 * even:
        return "utf-16-le"
    if even > 4 * odd:
        return "utf-16-be"
    return None


def _narrow(file: BinaryIO, utf8: str) -> Encoding:
    """UTF-8 if it decodes (all of it), else the Windows or ISO code page that it fits."""
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    marks = Marks()
    try:
        while chunk := file.read(CHUNK_BYTES):
            decoder.decode(chunk)
            marks.feed(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        if utf8 == "utf-8-sig":
            return Encoding(utf8, "utf-8", mended=True)
        file.seek(0)
        return _nearly_utf8_or_codepage(file)
    return Encoding(utf8, "utf-8", marks=marks)


def _nearly_utf8_or_codepage(file: BinaryIO) -> Encoding:
    decoder = codecs.getincrementaldecoder("utf-8")("ignore")
    strays = good = 0
    seen: set[int] = set()
    chunk = b" "
    while chunk:
        chunk = file.read(CHUNK_BYTES)
        text = decoder.decode(chunk, final=not chunk)
        beyond = chunk.translate(None, _ASCII)
        seen |= set(beyond)
        strays += len(beyond)
        if not text.isascii():
            plain = len(chunk) - len(beyond)
            strays -= len(text.encode()) - plain
            good += len(text) - plain
    if good >= GOOD_PER_STRAY * strays:
        return Encoding("utf-8", "utf-8", mended=True)
    if seen & CP1252_ONLY and not seen & CP1252_HOLES:
        return Encoding("cp1252", "cp1252")
    return Encoding("latin-1", "latin-1")


def _stray_characters() -> dict[int, str]:
    return {0xDC00 + byte: bytes([byte]).decode("cp1252", "replace") for byte in range(0x80, 0x100)}


_STRAYS = _stray_characters()
