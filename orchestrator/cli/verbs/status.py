"""`tenantctl status`: every customer in a row, or everything about one."""

from __future__ import annotations

import time
from argparse import Namespace
from collections import Counter
from dataclasses import replace

from orchestrator.cli.screen import Screen
from orchestrator.cli.session import Session
from orchestrator.cli.table import Column, Row, lines
from orchestrator.cli.text import SGR, clean, digest, instant, number, pad, plural, size, width
from orchestrator.cli.words import STATE_COLOURS, status_document
from orchestrator.core.report import StatusReport, TenantStatus
from orchestrator.errors import UnknownTenant

WATCH_S = 1.0
_CLEAR = "\x1b[H\x1b[2J\x1b[3J"
COLUMNS = (
    Column("CUSTOMER"), Column("STATE"), Column("TIER", drop=1), Column("URL"),
    Column("IMAGE", drop=6), Column("USERS", right=True, drop=2),
    Column("FILES", right=True, drop=4), Column("MEMORY", right=True, drop=3),
    Column("DATA", right=True, drop=5),
)  # fmt: skip


def run(arguments: Namespace, session: Session) -> int:
    watching = arguments.watch and session.screen.live
    while True:
        report = session.controller.status()
        if arguments.id:
            report = only(report, arguments.id)
        if watching:
            session.screen.out.write(_CLEAR)
        _give(report, arguments.id, session.screen)
        if not watching:
            return 0
        time.sleep(WATCH_S)


def only(report: StatusReport, tenant: str) -> StatusReport:
    """The report with one tenant. UnknownTenant when it has none of this id."""
    found = tuple(one for one in report.tenants if one.id == tenant)
    if not found:
        known = ", ".join(one.id for one in report.tenants[:10]) or "none yet"
        raise UnknownTenant(f"There is no customer {tenant!r}.", mend=f"Customers: {known}.")
    return replace(report, tenants=found)


def _give(report: StatusReport, tenant: str | None, screen: Screen) -> None:
    if screen.as_json:
        screen.give(status_document(report))
    elif tenant:
        _show_one(report.tenants[0], screen)
    else:
        show(report, screen)


def show(report: StatusReport, screen: Screen) -> None:
    """The table and what is to be said about all."""
    if report.tenants:
        for line in lines(COLUMNS, [_row(tenant) for tenant in report.tenants], screen):
            screen.say(line)
        screen.say()
    for problem in report.problems:
        screen.tell(clean(problem), f"{screen.paint('!', 'yellow', 'bold')} ")
    parts = _summary(report, screen)
    whole = " · ".join(parts)
    for line in [whole] if width(SGR.sub("", whole)) <= screen.columns else parts:
        screen.say(line)


def _row(tenant: TenantStatus) -> Row:
    cells = (
        clean(tenant.id), clean(tenant.state), clean(tenant.tier), clean(tenant.url),
        digest(tenant.digest), number(tenant.users), number(tenant.csv_files),
        size(tenant.memory_bytes), size(tenant.data_bytes),
    )  # fmt: skip
    failed = tenant.state == "failed"
    return Row(
        cells=cells,
        styles={"STATE": STATE_COLOURS.get(tenant.state, ""), "URL": "cyan", "IMAGE": "dim"},
        note=clean(tenant.why),
        note_style="red" if failed else "dim",
    )


def _summary(report: StatusReport, screen: Screen) -> list[str]:
    """What is to be said about all, in pieces that are put on one line if it is wide enough."""
    if not report.tenants:
        return ["No customers yet. Add one: tenantctl add customer-a --apply"]
    counts = Counter(tenant.state for tenant in report.tenants)
    states = ", ".join(f"{count} {state}" for state, count in counts.items())
    parts = [f"{plural(len(report.tenants), 'customer')}: {states}"]
    if not report.routes_confirmed:
        parts.append(screen.paint("routes not confirmed yet", "yellow"))
    if report.converged:
        parts.append(screen.paint("as tenants.yaml was last applied", "green"))
    else:
        parts.append(screen.paint("not settled: `tenantctl plan` shows what is left", "yellow"))
    return parts


def _show_one(tenant: TenantStatus, screen: Screen) -> None:
    facts = (
        ("customer", f"{clean(tenant.id)} ({clean(tenant.name)})"),
        ("state", clean(tenant.state)),
        ("why", clean(tenant.why)),
        ("tier", clean(tenant.tier)),
        ("url", clean(tenant.url)),
        ("image", f"{clean(tenant.image)} ({digest(tenant.digest)})" if tenant.image else ""),
        ("users", number(tenant.users)),
        ("files", number(tenant.csv_files)),
        ("memory", size(tenant.memory_bytes)),
        ("data", size(tenant.data_bytes)),
        ("requests", _limits(tenant)),
        ("last request", clean(instant(tenant.last_request or ""))),
        ("deployed", clean(instant(tenant.deployed_at or ""))),
    )
    styles = {"state": STATE_COLOURS.get(tenant.state, "")}
    for title, value in facts:
        if value:
            lead = f"{screen.paint(pad(title, 12), 'dim')}  "
            screen.tell(value, lead, styles.get(title, ""))


def _limits(tenant: TenantStatus) -> str:
    if tenant.requests_per_second is None:
        return ""
    return (
        f"at most {tenant.requests_per_second} a second, {tenant.requests_at_once} at once,"
        f" held for {tenant.hold_for} s"
    )
