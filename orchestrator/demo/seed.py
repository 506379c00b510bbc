"""Brings one demo customer's people and files in. What is there already is left alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from orchestrator.client.answers import Credentials
from orchestrator.demo.agent_api import AgentApi, AgentRefused
from orchestrator.demo.cast import Customer
from orchestrator.demo.passwords import Passwords

ADMIN = "admin"
WRONG_PASSWORD = 401


class InUse(Exception):
    """Somebody else uses this customer: its first password is changed, and not by us."""


@dataclass(frozen=True)
class Tools:
    """What seeding one customer needs. `browser` opens a new, signed-out visit."""

    browser: Callable[[], AgentApi]
    passwords: Passwords
    credentials: Credentials
    tell: Callable[[str], None]


def seed(customer: Customer, tools: Tools) -> dict[str, str | None]:
    """Users first, then files. The users' passwords; None for one that somebody has changed.

    InUse when the customer is left alone.
    """
    admin = _admin(customer, tools)
    people: dict[str, str | None] = {ADMIN: tools.passwords.get(customer.id, ADMIN)}
    for username, role in customer.people:
        people[username] = _person(admin, customer.id, username, role, tools)
    there = admin.files()
    for data_set in customer.data_sets():
        name = f"{data_set.name}.csv"
        if name in there:
            tools.tell(f"{name} is there")
        else:
            admin.upload(name, data_set.as_csv())
            tools.tell(f"{name} uploaded, {len(data_set.rows):,} rows")
    return people


def _admin(customer: Customer, tools: Tools) -> AgentApi:
    """The signed-in admin, with the first password changed."""
    known = tools.passwords.get(customer.id, ADMIN)
    if known is not None:
        visit = tools.browser()
        if _signs_in(visit, ADMIN, known):
            return visit
    if tools.credentials.password is None:
        raise InUse
    visit = tools.browser()
    visit.sign_in(ADMIN, tools.credentials.password)
    visit.change_password(tools.credentials.password, tools.passwords.make(customer.id, ADMIN))
    tools.tell(f"{ADMIN} has a password of its own now")
    return visit


def _person(admin: AgentApi, tenant: str, username: str, role: str, tools: Tools) -> str | None:
    """The user's password, or None when it is not ours to know."""
    must_change = admin.users().get(username)
    if must_change is False:
        known = tools.passwords.get(tenant, username)
        ours = known is not None and _signs_in(tools.browser(), username, known)
        tools.tell(f"user {username} is there{'' if ours else ', with a password of their own'}")
        return known if ours else None
    # New, or left by a run that was interrupted before the first password was changed.
    added = must_change is None
    first = admin.add_user(username, role) if added else admin.reset_password(username)
    chosen = tools.passwords.make(tenant, username)
    visit = tools.browser()
    visit.sign_in(username, first)
    visit.change_password(first, chosen)
    tools.tell(f"user {username} added")
    return chosen


def _signs_in(visit: AgentApi, username: str, password: str) -> bool:
    try:
        visit.sign_in(username, password)
    except AgentRefused as error:
        if error.status == WRONG_PASSWORD:
            return False
        raise
    return True
