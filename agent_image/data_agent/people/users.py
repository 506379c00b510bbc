"""users.json: who may sign in. Every change is on the disk before it is acknowledged."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from data_agent.durable import DurableJson
from data_agent.errors import Conflict, FilesDamaged, NotFound
from data_agent.people import rules
from data_agent.people.values import Role, User

Users = dict[str, User]


class UserBook:
    """All users of this customer, by name.

    When users.json and its backup are both damaged, the agent still starts, but every method here
    raises FilesDamaged: nobody signs in, and no default admin is ever made in their place.
    """

    def __init__(self, data_dir: Path, *, limit: int | None, now: Callable[[], float]) -> None:
        self.limit = limit
        self._now = now
        self._file = DurableJson(data_dir / "users.json", _encode, _decode)
        self._users: Users | None = None
        self._damage = ""

    def load(self) -> bool:
        """Read the file. False: there has never been one, this is the very first start."""
        try:
            self._users = self._file.load()
        except FilesDamaged as error:
            self._damage = str(error)
            return True
        return self._users is not None

    def check(self) -> None:
        """FilesDamaged unless the users can be read."""
        self._all()

    def all(self) -> tuple[User, ...]:
        """Every user, by name."""
        return tuple(sorted(self._all().values(), key=lambda user: user.name))

    def find(self, name: str) -> User | None:
        return self._all().get(name)

    def get(self, name: str) -> User:
        """The user. NotFound."""
        user = self.find(name)
        if user is None:
            raise NotFound(f"There is no user {name!r}.")
        return user

    def check_may_add(self, name: str) -> None:
        """Conflict when the name is taken; LimitReached when the tier is full."""
        users = self._all()
        if name in users:
            raise Conflict(f"There is already a user {name!r}.")
        rules.check_room_for_user(len(users), self.limit)

    def add(self, name: str, role: Role, password_hash: str) -> User:
        """A new user, who must change the password at the first sign-in."""
        self.check_may_add(name)
        user = User(
            name, role, password_hash, must_change_password=True, created_at=int(self._now())
        )
        self._save({**self._all(), name: user})
        return user

    def start_with(self, user: User) -> None:
        """The very first user of a fresh data directory. Conflict when it is not fresh."""
        if self._users is not None or self._damage:
            raise Conflict("This data directory already has users.")
        self._save({user.name: user})

    def set_password(self, name: str, password_hash: str, *, must_change: bool) -> User:
        user = replace(
            self.get(name), password_hash=password_hash, must_change_password=must_change
        )
        self._save({**self._all(), name: user})
        return user

    def set_role(self, name: str, role: Role) -> User:
        """Conflict when the last admin would lose the role."""
        user = replace(self.get(name), role=role)
        if not user.is_admin:
            rules.check_keeps_an_admin(self._all(), without=name)
        self._save({**self._all(), name: user})
        return user

    def remove(self, name: str) -> None:
        """Conflict when it is the last admin."""
        self.get(name)
        rules.check_keeps_an_admin(self._all(), without=name)
        self._save({key: user for key, user in self._all().items() if key != name})

    def _all(self) -> Users:
        if self._users is None:
            raise FilesDamaged(self._damage or "The list of users has not been read.")
        return self._users

    def _save(self, users: Users) -> None:
        self._file.save(users)
        self._users = users


def _encode(users: Users) -> dict[str, Any]:
    return {"users": [asdict(user) for user in users.values()]}


def _decode(document: dict[str, Any]) -> Users:
    users = [
        User(
            name=rules.user_name(entry["name"]),
            role=rules.role(entry["role"]),
            password_hash=_text(entry["password_hash"]),
            must_change_password=entry["must_change_password"] is True,
            created_at=int(entry["created_at"]),
        )
        for entry in document["users"]
    ]
    if not any(user.is_admin for user in users):
        raise ValueError("no admin in the list of users")
    return {user.name: user for user in users}


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("not a text")
    return value
