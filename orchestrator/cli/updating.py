"""How an update or a rollback is shown: while it goes on, and what came of it for each customer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict

from orchestrator.cli.progress import as_document, follow, say_end
from orchestrator.cli.session import Session
from orchestrator.cli.table import Column, Row, lines
from orchestrator.cli.text import clean, moment
from orchestrator.client.answers import Progress, UpdatedTenant, UpdateReport

DIGITS = 12  # of an image id, as docker prints it
COLUMNS = (
    Column("CUSTOMER", whole=True),
    Column("OUTCOME", whole=True),
    Column("WANTED", whole=True, drop=1),
    Column("RUNNING", whole=True),
    Column("VERSION", drop=2),
)
STYLES = {"updated": "green", "failed": "red", "waiting": "yellow", "updating": "cyan"}


def run_to_end(work: Iterable[Progress], session: Session) -> int:
    """Follow it, then a row for each customer. The exit code."""
    screen = session.screen
    if screen.as_json:
        document = as_document(work)
        screen.give({**document, "update": asdict(session.controller.last_update())})
        return 0 if document["ok"] else 1
    done = follow(work, screen)
    _show(session.controller.last_update(), session)
    return say_end(done, screen)


def show(session: Session) -> int:
    """How the last one stands. 0: it goes on or is done."""
    report = session.controller.last_update()
    if session.screen.as_json:
        session.screen.give({"update": asdict(report)})
    else:
        _show(report, session)
        session.screen.tell(f"{clean(report.text)}; begun {moment(report.at)}", hang=2)
    return 1 if report.state in ("failed", "stopped") else 0


def _show(report: UpdateReport, session: Session) -> None:
    for line in lines(COLUMNS, [_row(one) for one in report.tenants], session.screen):
        session.screen.say(line)
    if report.pinned:
        named = ", ".join(map(clean, report.pinned))
        session.screen.tell(f"left alone, with an image of their own: {named}", hang=2)
    if report.standing:
        mark = session.screen.paint("!", "yellow", "bold")
        session.screen.tell(clean(report.standing), f"{mark} ")


def _row(one: UpdatedTenant) -> Row:
    cells = (one.tenant, one.state, _short(one.wanted), _short(one.running), one.version or "-")
    style = STYLES.get(one.state, "dim")
    apart = one.state == "updated" and one.running not in ("", one.wanted)
    styles = {"OUTCOME": style, **({"RUNNING": "red"} if apart else {})}
    return Row(tuple(map(clean, cells)), styles, clean(one.reason))


def _short(image_id: str) -> str:
    return image_id.removeprefix("sha256:")[:DIGITS] or "-"
