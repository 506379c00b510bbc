"""`tenantctl events`: the history, and with -f what comes."""

from __future__ import annotations

import time
from argparse import Namespace
from collections.abc import Iterator
from dataclasses import asdict

from orchestrator.cli.screen import Screen
from orchestrator.cli.session import Session
from orchestrator.cli.text import clean, moment, pad
from orchestrator.cli.verbs.status import only
from orchestrator.client.answers import Happening
from orchestrator.client.wire import FOLLOW_S

POLL_S = 1.0
POLL_LIMIT = 1000  # events a second that -f keeps up with
KIND = 11  # columns of `fell asleep`, the longest of the frequent ones
BELOW = 22  # where further lines of an event begin: behind the time

COLOURS = {
    "started": "green", "healed": "green", "routed": "green", "applied": "green",
    "crashed": "red", "failed": "red", "purged": "red", "refused": "yellow", "retired": "yellow",
}  # fmt: skip


def run(arguments: Namespace, session: Session) -> int:
    screen = session.screen
    history = session.controller.events(arguments.id, arguments.limit).events
    if arguments.id and not history:
        only(session.controller.status(), arguments.id)  # one that never was is a mistake
    if screen.as_json and not arguments.follow:
        screen.give({"events": [asdict(event) for event in history]})
        return 0
    for event in history:
        _show(event, screen)
    for event in _coming(session, arguments.id, history) if arguments.follow else ():
        _show(event, screen)
    if not history and not screen.as_json:
        screen.say("Nothing has happened yet.")
    return 0


def _coming(
    session: Session, tenant: str | None, seen: tuple[Happening, ...]
) -> Iterator[Happening]:
    """Events that were not there at the last look, until the caller stops, or FOLLOW_S."""
    end = time.monotonic() + FOLLOW_S
    known = set(seen)
    latest = max((event.at for event in seen), default=0.0)
    while time.monotonic() < end:
        time.sleep(POLL_S)
        events = session.controller.events(tenant, POLL_LIMIT).events
        yield from (event for event in events if event.at >= latest and event not in known)
        known = set(events)
        latest = max([latest, *(event.at for event in events)])


def _show(event: Happening, screen: Screen) -> None:
    if screen.as_json:
        screen.give_line(asdict(event))
        return
    kind = screen.paint(pad(clean(event.kind), KIND), COLOURS.get(event.kind, ""))
    who = clean(event.tenant) if event.tenant else "platform"
    lead = f"{screen.paint(moment(event.at), 'dim')}  {kind}  "
    screen.tell(f"{who}: {clean(event.text)}", lead, hang=BELOW)
