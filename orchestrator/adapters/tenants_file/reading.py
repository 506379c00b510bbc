"""A file → its text: bounded, UTF-8 only, and everything else said in one sentence."""

from __future__ import annotations

import codecs
import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path

from orchestrator.core.problems import Problem

MAX_BYTES = 1024 * 1024  # 8,192 tenants of 100 characters each fit

_UTF32 = {codecs.BOM_UTF32_LE: "UTF-32", codecs.BOM_UTF32_BE: "UTF-32"}
_UTF16 = {codecs.BOM_UTF16_LE: "UTF-16", codecs.BOM_UTF16_BE: "UTF-16"}
# What YAML, editors and terminals disagree on: controls, line ends of Unicode, direction changers.
_FORBIDDEN = re.compile(
    "[^\t\n\r\x20-\x7e\xa0-\u2027\u202f-\u2065\u206a-\ud7ff\ue000-\ufefe\uff00-\ufffd"
    "\U00010000-\U0010ffff]"
)


class Unreadable(Exception):
    """The file cannot be used as text, for this reason."""

    def __init__(self, message: str, mend: str, line: int | None = None) -> None:
        super().__init__(message)
        self.problem = Problem(line, "", message, mend)


@dataclass(frozen=True)
class Source:
    """A file as it was read: its bytes, and its text without the byte order mark."""

    content: bytes
    text: str
    has_bom: bool

    def encoded(self, text: str) -> bytes:
        """Another text as bytes, in the way of this file."""
        return (codecs.BOM_UTF8 if self.has_bom else b"") + text.encode()


def read_source(path: Path) -> Source:
    """The text of a regular file, symbolic links followed. Unreadable says why not."""
    return decode(read_bytes(path))


def read_bytes(path: Path) -> bytes:
    """A regular file, up to one byte more than is allowed; never waits for a pipe."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY)
        try:
            _refuse_what_is_no_file(path, os.fstat(descriptor).st_mode)
            content = _read_all(descriptor)
        finally:
            os.close(descriptor)
    except FileNotFoundError:
        raise Unreadable(f"there is no file {path}", "create it, or set its path right") from None
    except PermissionError:
        raise Unreadable(f"{path} may not be read", "give this user the right to read it") from None
    except OSError as error:
        reason = error.strerror or str(error)
        raise Unreadable(
            f"{path} cannot be read: {reason}", "check the path and the disk"
        ) from None
    return content


def decode(content: bytes) -> Source:
    """Bytes → text; a UTF-8 byte order mark and any line ends are fine."""
    if len(content) > MAX_BYTES:
        raise Unreadable(f"the file has more than {MAX_BYTES} bytes", "this is no list of tenants")
    for mark, encoding in (*_UTF32.items(), *_UTF16.items()):
        if content.startswith(mark):
            raise Unreadable(f"the file is in {encoding}", "save it as UTF-8")
    if b"\0" in content:
        _explain_nul(content)
    has_bom = content.startswith(codecs.BOM_UTF8)
    try:
        text = content.removeprefix(codecs.BOM_UTF8).decode()
    except UnicodeDecodeError as error:
        raise _not_utf8(content, len(content) - len(error.object) + error.start) from None
    if (wrong := _FORBIDDEN.search(text)) is not None:
        line, column = _position(text[: wrong.start()])
        code = f"U+{ord(wrong[0]):04X}"
        message = f"column {column} has the character {code}, which may not stand in this file"
        raise Unreadable(message, "remove it; it cannot be seen in most editors", line)
    return Source(content, text, has_bom)


def _read_all(descriptor: int) -> bytes:
    """Everything, or one byte more than is allowed."""
    content = b""
    while piece := os.read(descriptor, MAX_BYTES + 1 - len(content)):
        content += piece
    return content


def _refuse_what_is_no_file(path: Path, mode: int) -> None:
    if stat.S_ISDIR(mode):
        mend = (
            "give the path of the file; Docker makes a directory where a file to mount is missing"
        )
        raise Unreadable(f"{path} is a directory", mend)
    if not stat.S_ISREG(mode):
        raise Unreadable(f"{path} is not a regular file", "give the path of a text file")


def _explain_nul(content: bytes) -> None:
    even, odd = content[0:400:2].count(0), content[1:400:2].count(0)
    if max(even, odd) > 0.4 * len(content[0:400:2]):
        raise Unreadable("the file is in UTF-16", "save it as UTF-8")
    line = content[: content.index(0)].count(b"\n") + 1
    raise Unreadable("the file has a NUL byte", "remove it, or put a good copy back", line)


def _not_utf8(content: bytes, at: int) -> Unreadable:
    # cp1252 has letters and quotes where Latin-1 has controls, so those bytes tell them apart.
    windows = any(0x80 <= byte <= 0x9F for byte in content)
    name, codec = ("Windows-1252", "cp1252") if windows else ("Latin-1", "latin-1")
    line, column = _position(content[:at].removeprefix(codecs.BOM_UTF8).decode(errors="replace"))
    seen = content[at : at + 1].decode(codec, errors="replace")
    message = f"the file is not in UTF-8 but, by its looks, in {name}: column {column} has '{seen}'"
    return Unreadable(message, "save it as UTF-8", line)


def _position(before: str) -> tuple[int, int]:
    """Line and column, from 1 on, of what follows this text."""
    lines = before.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return len(lines), len(lines[-1]) + 1
