"""What people can do about themselves and an admin about others: sign in, passwords, users.

Brings together the books (users, sessions, tokens), the hashing and the delays, so that pages and
API do the same thing in the same order.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from data_agent.errors import Invalid, NotSignedIn
from data_agent.people import rules
from data_agent.people.first_start import ensure_first_admin, forget_first_password
from data_agent.people.hashing import HashCost, Passwords, random_password
from data_agent.people.sessions import SessionBook
from data_agent.people.throttle import Throttle
from data_agent.people.tokens import TokenBook
from data_agent.people.users import UserBook
from data_agent.people.values import Role, User

WRONG = "The user name or the password is wrong."


class Directory:
    """The people of one customer."""

    def __init__(
        self,
        data_dir: Path,
        *,
        max_users: int | None,
        cost: HashCost,
        now: Callable[[], float],
    ) -> None:
        self.users = UserBook(data_dir, limit=max_users, now=now)
        self.sessions = SessionBook(data_dir, now=now)
        self.tokens = TokenBook(data_dir, now=now)
        self._throttle = Throttle(data_dir / "logins.json", now=now)
        self._passwords = Passwords(cost)
        self._data_dir = data_dir
        self._now = now

    async def open(self) -> None:
        """Read all books; at the very first start make the first admin."""
        self.sessions.load()
        self.tokens.load()
        self._throttle.load()
        await ensure_first_admin(self._data_dir, self.users, self._passwords, self._now)

    async def sign_in(self, name: str, password: str, *, address: str) -> User:
        """The user, when the password is right. NotSignedIn, TooManyAttempts, FilesDamaged."""
        self.users.check()
        known = _plain_name(name)
        self._throttle.begin(known, address)
        user = self.users.find(known)
        right = await self._passwords.verify(
            user.password_hash if user else None, _normal(password)
        )
        if user is None or not right:
            raise NotSignedIn(WRONG)
        self._throttle.succeeded(known, address)
        if self._passwords.is_outdated(user.password_hash):
            again = await self._passwords.hash(_normal(password))
            must = user.must_change_password
            user = self.users.set_password(user.name, again, must_change=must)
        return user

    async def change_password(self, user: User, current: str, new: str, *, address: str) -> User:
        """The user's own new password; ends all of their sessions. Invalid, TooManyAttempts."""
        self._throttle.begin(user.name, address)
        if not await self._passwords.verify(user.password_hash, _normal(current)):
            raise Invalid("The current password is wrong.")
        self._throttle.succeeded(user.name, address)
        wanted = _normal(new)
        rules.check_new_password(wanted, name=user.name)
        if wanted == _normal(current):
            raise Invalid("The new password is the old one. Choose another.")
        hashed = await self._passwords.hash(wanted)
        changed = self.users.set_password(user.name, hashed, must_change=False)
        self.sessions.end_all(user.name)
        forget_first_password(self._data_dir, user.name)
        return changed

    async def add_user(self, name: object, role: object) -> tuple[User, str]:
        """A new user and the first password, which is shown this once.
        Invalid, Conflict, LimitReached."""
        wanted, as_role = rules.user_name(name), rules.role(role)
        self.users.check_may_add(wanted)
        password = random_password()
        hashed = await self._passwords.hash(password)
        return self.users.add(wanted, as_role, hashed), password

    async def reset_password(self, name: str) -> tuple[User, str]:
        """A new first password; ends the user's sessions and tokens. NotFound."""
        self.users.get(name)
        password = random_password()
        hashed = await self._passwords.hash(password)
        user = self.users.set_password(name, hashed, must_change=True)
        self._sign_out_everywhere(name)
        return user, password

    def set_role(self, name: str, role: object) -> User:
        """Invalid, NotFound, Conflict for the last admin."""
        wanted: Role = rules.role(role)
        return self.users.set_role(name, wanted)

    def remove_user(self, name: str) -> None:
        """NotFound, Conflict for the last admin."""
        self.users.remove(name)
        self._sign_out_everywhere(name)

    def _sign_out_everywhere(self, name: str) -> None:
        self.sessions.end_all(name)
        self.tokens.revoke_all(name)
        forget_first_password(self._data_dir, name)


def _plain_name(text: str) -> str:
    """As typed at the sign-in; what no user can be called is simply not found."""
    with suppress(Invalid):
        return rules.user_name(text)
    return "\x00"


def _normal(password: str) -> str:
    return rules.normal_password(password)
