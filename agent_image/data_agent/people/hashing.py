"""argon2id, off the event loop, a few at a time, with the same work for users that do not exist."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import anyio
import anyio.to_thread

from data_agent.errors import TooManyAttempts

if TYPE_CHECKING:
    from argon2 import PasswordHasher

# No look-alikes (0 o, 1 l i): read aloud or typed from a screen without a mistake.
READABLE = "abcdefghjkmnpqrstuvwxyz23456789"
AT_ONCE = 2  # two of 19 MiB each fit beside a worker in 384 MiB
WAITING = 24


@dataclass(frozen=True)
class HashCost:
    """argon2id work. Default: OWASP Password Storage Cheat Sheet, 19 MiB, t=2, p=1."""

    memory_kib: int = 19 * 1024
    time: int = 2


class Passwords:
    """Hashes and checks passwords. TooManyAttempts when more wait than make sense."""

    def __init__(self, cost: HashCost) -> None:
        self._cost = cost
        self._waiting = 0

    async def hash(self, password: str) -> str:
        """The encoded argon2id hash, with its own salt and parameters in it."""
        return await self._in_thread(password, None)

    async def verify(self, encoded: str | None, password: str) -> bool:
        """Whether this is the password; None stands for a user that does not exist, and is False
        after the same work."""
        found = await self._in_thread(password, encoded or self._nobodys)
        return bool(found) and encoded is not None

    def is_outdated(self, encoded: str) -> bool:
        """Whether the hash was made with other parameters than are used now."""
        return self._hasher.check_needs_rehash(encoded)

    async def _in_thread(self, password: str, encoded: str | None) -> str:
        if self._waiting >= WAITING:
            raise TooManyAttempts("Too many people sign in at once. Try again.", retry_after_s=2)
        self._waiting += 1
        try:
            return await anyio.to_thread.run_sync(
                self._work, password, encoded, limiter=self._limiter
            )
        finally:
            self._waiting -= 1

    def _work(self, password: str, encoded: str | None) -> str:
        from argon2.exceptions import InvalidHashError, VerificationError

        if encoded is None:
            return self._hasher.hash(password)
        try:
            self._hasher.verify(encoded, password)
        except (VerificationError, InvalidHashError):
            return ""
        return encoded

    @cached_property
    def _hasher(self) -> PasswordHasher:
        from argon2 import PasswordHasher

        return PasswordHasher(
            time_cost=self._cost.time, memory_cost=self._cost.memory_kib, parallelism=1
        )

    @cached_property
    def _limiter(self) -> anyio.CapacityLimiter:
        return anyio.CapacityLimiter(AT_ONCE)

    @property
    def _nobodys(self) -> str:
        """A hash that no password has, with the parameters in force."""
        salt, digest = "A" * 22, "A" * 43  # 16 and 32 zero bytes in base64 without padding
        return f"$argon2id$v=19$m={self._cost.memory_kib},t={self._cost.time},p=1${salt}${digest}"


def random_password(groups: int = 4, length: int = 5) -> str:
    """A first password: 20 readable characters, about 99 bits, in groups joined by dashes."""
    return "-".join("".join(secrets.choice(READABLE) for _ in range(length)) for _ in range(groups))
