"""The first admin: made once, when the data directory has never had a user."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from data_agent.durable import write_atomically
from data_agent.errors import FilesDamaged
from data_agent.people.hashing import Passwords, random_password
from data_agent.people.users import UserBook
from data_agent.people.values import User

FIRST_ADMIN = "admin"
FILE_NAME = "initial-admin-password"


async def ensure_first_admin(
    data_dir: Path, users: UserBook, passwords: Passwords, now: Callable[[], float]
) -> None:
    """Read users.json; on the very first start make `admin` with a random password in a file.

    The file is written before users.json: a kill between the two repeats the first start, and
    never leaves an admin whose password nobody can know.
    """
    if users.load():
        forget_used(data_dir, users)
        return
    password = random_password()
    write_atomically(data_dir / FILE_NAME, (password + "\n").encode())
    hashed = await passwords.hash(password)
    users.start_with(User(FIRST_ADMIN, "admin", hashed, True, int(now())))


def forget_first_password(data_dir: Path, name: str) -> None:
    """Delete the file when the password in it is no longer the one of this user."""
    if name == FIRST_ADMIN:
        (data_dir / FILE_NAME).unlink(missing_ok=True)


def forget_used(data_dir: Path, users: UserBook) -> None:
    """After a kill between a password change and the deletion of the file, finish the deletion."""
    path = data_dir / FILE_NAME
    if not path.exists():
        return
    try:
        admin = users.find(FIRST_ADMIN)
    except FilesDamaged:  # leave everything as it is for whoever repairs it
        return
    if admin is None or not admin.must_change_password:
        path.unlink(missing_ok=True)
