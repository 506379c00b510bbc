"""`tenantctl credentials`: first admin logins, for as long as nobody has used them."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import asdict

from orchestrator.cli.session import Session
from orchestrator.cli.table import Column, Row, lines
from orchestrator.cli.text import clean
from orchestrator.cli.words import STATE_COLOURS
from orchestrator.client.answers import Credentials
from orchestrator.core.report import TenantStatus
from orchestrator.errors import Refused

CHANGED = "(changed)"
NOT_YET = "(not started yet)"
COLUMNS = (
    Column("CUSTOMER"), Column("URL"), Column("ADMIN USER"), Column("FIRST PASSWORD", whole=True),
    Column("STATE", drop=1),
)  # fmt: skip


def run(arguments: Namespace, session: Session) -> int:
    return _one(arguments.id, session) if arguments.id else _all(session)


def _one(tenant: str, session: Session) -> int:
    login = session.controller.credentials(tenant)
    if session.screen.as_json:
        session.screen.give(asdict(login))
    elif login.password is None:
        session.screen.say(
            f"The first password of {tenant} has been used and changed; nobody can show it again."
        )
    else:
        session.screen.say(f"username  {clean(login.username)}")
        session.screen.say(f"password  {clean(login.password)}")
        session.screen.say("state     unused: the first login asks for a new one")
    return 0


def _all(session: Session) -> int:
    tenants = [one for one in session.controller.status().tenants if one.state != "retired"]
    logins = [_login(tenant.id, session) for tenant in tenants]
    if session.screen.as_json:
        session.screen.give({"tenants": list(map(_document, tenants, logins))})
    elif not tenants:
        session.screen.say("There are no customers yet: `tenantctl add --help`.")
    else:
        rows = list(map(_row, tenants, logins))
        for line in lines(COLUMNS, rows, session.screen):
            session.screen.say(line)
    return 0


def _login(tenant: str, session: Session) -> Credentials | None:
    """None while the tenant has not started yet."""
    try:
        return session.controller.credentials(tenant)
    except Refused:
        return None


def _document(tenant: TenantStatus, login: Credentials | None) -> dict[str, object]:
    return {
        "id": tenant.id,
        "url": tenant.url,
        "username": login.username if login else "admin",
        "password": login.password if login else None,
        "state": login.state if login else "unused",
        "tenant_state": tenant.state,
    }


def _row(tenant: TenantStatus, login: Credentials | None) -> Row:
    password = (login.password or CHANGED) if login else NOT_YET
    username = login.username if login else "admin"
    known = login is not None and login.password is not None
    return Row(
        cells=tuple(map(clean, (tenant.id, tenant.url, username, password, tenant.state))),
        styles={
            "STATE": STATE_COLOURS.get(tenant.state, ""),
            "FIRST PASSWORD": "bold" if known else "dim",
        },
    )
