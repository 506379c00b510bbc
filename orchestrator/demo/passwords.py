"""The demo users' passwords: random, kept in one file that only its owner can read."""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path

from orchestrator.errors import DataRootError

ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that looks like something else
GROUPS, GROUP_LENGTH = 4, 4  # 79 bits


class Passwords:
    """Read once, written after every change and before it is used: a crash loses none."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._known = _read(file)

    def get(self, tenant: str, username: str) -> str | None:
        return self._known.get(tenant, {}).get(username)

    def make(self, tenant: str, username: str) -> str:
        """A new password, kept on disk when this returns; the one from before if there is one."""
        known = self._known.setdefault(tenant, {})
        if username not in known:
            known[username] = new_password()
            _write(self._file, json.dumps(self._known, indent=2).encode())
        return known[username]


def new_password() -> str:
    """Four groups of four, easy to read out."""
    groups = ("".join(secrets.choice(ALPHABET) for _ in range(GROUP_LENGTH)) for _ in range(GROUPS))
    return "-".join(groups)


def _read(file: Path) -> dict[str, dict[str, str]]:
    try:
        found = json.loads(file.read_bytes())
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise DataRootError(
            f"{file} cannot be read: {error}.",
            mend="It holds the demo users' passwords. Put a good copy back, or move it away.",
        ) from error
    return {str(key): dict(value) for key, value in found.items()}


def _write(file: Path, content: bytes) -> None:
    """Old or new, never half."""
    beside = file.with_name(f".{file.name}.new")
    try:
        beside.unlink(missing_ok=True)
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        beside.replace(file)
    except OSError as error:
        raise DataRootError(
            f"{file} cannot be written: {error}.", mend="Is the disk full?"
        ) from error
