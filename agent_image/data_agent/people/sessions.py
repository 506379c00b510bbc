"""sessions.json: browsers that are signed in. They survive a restart; only hashes are kept."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from data_agent.durable import DurableJson
from data_agent.errors import FilesDamaged, StorageFull
from data_agent.people.values import Session

# Within NIST SP 800-63B-4's AAL1 (30 days); a working day idle, a week in all.
IDLE_S = 12 * 3600
ABSOLUTE_S = 7 * 24 * 3600
PER_USER = 20
WRITE_EVERY_S = 300  # `last_seen` may be this much older on the disk than in memory


class SessionBook:
    """Server-side sessions with idle and absolute expiry."""

    def __init__(self, data_dir: Path, *, now: Callable[[], float]) -> None:
        self._now = now
        self._file = DurableJson(data_dir / "sessions.json", _encode, _decode)
        self._sessions: dict[str, Session] = {}
        self._written_at = 0.0

    def load(self) -> None:
        """Read the file. A damaged one means that everybody signs in again, no more."""
        with suppress(FilesDamaged):
            self._sessions = self._file.load() or {}

    def start(self, user: str, *, address: str, browser: str) -> str:
        """A new session; returns its secret, 256 random bits, which is kept nowhere."""
        secret = secrets.token_urlsafe(32)
        now = int(self._now())
        session = Session(hash_secret(secret), user, now, now, address[:64], browser[:200])
        mine = sorted(self.of(user), key=lambda each: each.last_seen)
        for oldest in mine[: max(0, len(mine) - PER_USER + 1)]:
            del self._sessions[oldest.id_hash]
        self._sessions[session.id_hash] = session
        self.flush()
        return secret

    def find(self, secret: str) -> Session | None:
        """The live session of this secret, now seen once more; None when it ended."""
        session = self._sessions.get(hash_secret(secret))
        if session is None or not self._is_live(session):
            return None
        session = replace(session, last_seen=int(self._now()))
        self._sessions[session.id_hash] = session
        if self._now() - self._written_at > WRITE_EVERY_S:
            self.flush()
        return session

    def of(self, user: str) -> tuple[Session, ...]:
        """Live sessions of a user, the one seen last first."""
        mine = (s for s in self._sessions.values() if s.user == user and self._is_live(s))
        return tuple(sorted(mine, key=lambda session: -session.last_seen))

    def end(self, id_hash: str) -> None:
        self._drop(lambda session: session.id_hash == id_hash)

    def end_by_handle(self, user: str, handle: str) -> None:
        self._drop(lambda session: session.user == user and session.handle == handle)

    def end_others(self, user: str, but: Session) -> None:
        self._drop(lambda session: session.user == user and session.id_hash != but.id_hash)

    def end_all(self, user: str) -> None:
        self._drop(lambda session: session.user == user)

    def flush(self) -> None:
        """Write what is live. On a full disk sessions go on in memory, so that somebody can
        still sign in and delete files."""
        self._sessions = {key: each for key, each in self._sessions.items() if self._is_live(each)}
        self._written_at = self._now()
        with suppress(StorageFull):
            self._file.save(self._sessions)

    def _drop(self, which: Callable[[Session], bool]) -> None:
        self._sessions = {key: each for key, each in self._sessions.items() if not which(each)}
        self.flush()

    def _is_live(self, session: Session) -> bool:
        now = self._now()
        return now - session.last_seen < IDLE_S and now - session.created_at < ABSOLUTE_S


def hash_secret(secret: str) -> str:
    """SHA-256 is enough here: the secrets are 256 random bits, there is nothing to guess."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _encode(sessions: dict[str, Session]) -> dict[str, Any]:
    return {"sessions": [asdict(session) for session in sessions.values()]}


def _decode(document: dict[str, Any]) -> dict[str, Session]:
    return {entry["id_hash"]: Session(**entry) for entry in document["sessions"]}
