"""What is allowed about people: names, passwords, the last admin, the limit of the tier. Pure."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Collection, Mapping
from functools import cache
from typing import cast

from data_agent.errors import Conflict, Invalid, LimitReached
from data_agent.people.values import ROLES, Role, User

NAME = re.compile(r"[a-z0-9][a-z0-9._@-]{0,63}")
# NIST SP 800-63B-4 asks for 15 characters where a password stands alone and for a list of common
# ones; ten with growing delays (throttle.py) is what small teams accept.
PASSWORD_MIN = 10
PASSWORD_MAX = 256  # a bound on the work per attempt, far above any passphrase


def user_name(text: object) -> str:
    """The name in the form in which it is kept: lower case. Invalid."""
    name = text.strip().lower() if isinstance(text, str) else ""
    if not NAME.fullmatch(name):
        raise Invalid(
            "A user name has 1 to 64 characters: a to z, digits, and after the first also . _ - @"
        )
    return name


def role(text: object) -> Role:
    """One of the roles. Invalid."""
    if text not in ROLES:
        raise Invalid(f"The role must be one of: {', '.join(ROLES)}.")
    return cast(Role, text)


def normal_password(text: str) -> str:
    """The same password typed on another keyboard is the same password (NIST SP 800-63B: NFKC)."""
    return unicodedata.normalize("NFKC", text)


def check_new_password(password: str, *, name: str) -> None:
    """Invalid, with what to do, unless this may become the password of the user `name`."""
    if len(password) < PASSWORD_MIN:
        raise Invalid(f"Use at least {PASSWORD_MIN} characters. A few words are easy to remember.")
    if len(password) > PASSWORD_MAX:
        raise Invalid(f"Use at most {PASSWORD_MAX} characters.")
    plain = password.casefold()
    if name in plain and len(plain) - len(name) < PASSWORD_MIN - 2:
        raise Invalid("The password must not be your user name, or nearly so.")
    if plain in common_passwords() or len(set(plain)) < 4 or _is_run(plain):
        raise Invalid("This password is one of the first that anybody would try. Choose another.")


def check_room_for_user(used: int, allowed: int | None) -> None:
    """LimitReached when the tier has no place for one more user."""
    if allowed is not None and used >= allowed:
        raise LimitReached(
            f"{used} of {allowed} users are in use. Remove a user, or ask for a larger tier.",
            used=used,
            allowed=allowed,
        )


def check_keeps_an_admin(users: Mapping[str, User], without: str) -> None:
    """Conflict when nobody could manage users any more without this user's admin role."""
    if not any(user.is_admin for user in users.values() if user.name != without):
        raise Conflict(f"{without} is the last admin. Make somebody else an admin first.")


@cache
def common_passwords() -> Collection[str]:
    """Well-known passwords of ten characters and more, in lower case."""
    from importlib import resources  # late: no start of the agent waits for it

    text = resources.files(__package__).joinpath("common_passwords.txt").read_text("utf-8")
    return frozenset(text.split())


def _is_run(plain: str) -> bool:
    steps = {ord(after) - ord(before) for before, after in itertools.pairwise(plain)}
    return steps in ({1}, {-1})
