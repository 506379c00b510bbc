"""Take from this process the right to open any file but those it is told: Landlock, Linux 5.13.

A statement that found a way around everything else would still read no password and reach no
network. Numbers are of <linux/landlock.h>; system calls have the same ones on every architecture.
"""

from __future__ import annotations

import ctypes
import os
import struct
from collections.abc import Iterable
from pathlib import Path

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
VERSION_FLAG = 1
RULE_PATH_BENEATH = 1

WRITE_FILE, READ_FILE, READ_DIR, REMOVE_DIR = 1 << 1, 1 << 2, 1 << 3, 1 << 4
REMOVE_FILE, MAKE_DIR, MAKE_REG, TRUNCATE = 1 << 5, 1 << 7, 1 << 8, 1 << 14
OF_FILES = WRITE_FILE | READ_FILE | TRUNCATE
READ = READ_FILE | READ_DIR
WRITE = READ | OF_FILES | REMOVE_DIR | REMOVE_FILE | MAKE_DIR | MAKE_REG
# How many rights there are, by version of the interface: what is not handled is not restricted.
FILE_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15}
LATEST_FILE_RIGHTS = 16
TCP = 0b11  # bind and connect, from version 4
SCOPES = 0b11  # abstract sockets and signals to others, from version 6


def version() -> int:
    """Of the kernel's interface; 0 where it has none or does not let us use it."""
    return max(0, _call(CREATE_RULESET, None, 0, VERSION_FLAG))


def restrict(rules: Iterable[tuple[Path, int]]) -> bool:
    """From now on, this thread and those that it starts open only what is at or below the paths,
    each with the rights beside it. Paths that are not there are left out. False: not possible here.
    """
    found = version()
    if not found:
        return False
    handled = (1 << FILE_RIGHTS.get(found, LATEST_FILE_RIGHTS)) - 1
    attributes = struct.pack("=QQQ", handled, TCP if found >= 4 else 0, SCOPES if found >= 6 else 0)
    size = 8 if found < 4 else 16 if found < 6 else 24
    ruleset = _call(CREATE_RULESET, attributes, size, 0)
    if ruleset < 0:
        return False
    try:
        for path, rights in rules:
            _allow(ruleset, path, rights & handled)
        return _call(RESTRICT_SELF, ruleset, 0) == 0
    finally:
        os.close(ruleset)


def _allow(ruleset: int, path: Path, rights: int) -> None:
    try:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        granted = rights if path.is_dir() else rights & OF_FILES
        rule = struct.pack("=Qi", granted, descriptor)
        _call(ADD_RULE, ruleset, RULE_PATH_BENEATH, rule, 0)
    finally:
        os.close(descriptor)


def _call(number: int, *arguments: object) -> int:
    libc = ctypes.CDLL(None, use_errno=True)
    libc.syscall.restype = ctypes.c_long
    wide = (ctypes.c_long(a) if isinstance(a, int) else a for a in arguments)
    return int(libc.syscall(ctypes.c_long(number), *wide))
