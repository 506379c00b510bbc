"""The people of one customer, and what proves that a request comes from one of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

Role = Literal["admin", "user"]
ROLES: tuple[str, ...] = get_args(Role)


@dataclass(frozen=True)
class User:
    """A person. Times are seconds since 1970."""

    name: str
    role: Role
    password_hash: str
    must_change_password: bool
    created_at: int

    @property
    def is_admin(self) -> bool:
        return self.role == "admin"


@dataclass(frozen=True)
class Session:
    """One browser that is signed in. Only a hash of its secret is kept."""

    id_hash: str
    user: str
    created_at: int
    last_seen: int
    address: str
    browser: str

    @property
    def handle(self) -> str:
        """A public name for this session, useless for signing in."""
        return self.id_hash[:16]


@dataclass(frozen=True)
class Token:
    """A secret for scripts, made by a user in the UI. Only its hash is kept."""

    handle: str
    user: str
    label: str
    token_hash: str
    created_at: int
    last_used: int | None = None
