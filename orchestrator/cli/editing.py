"""What add, set and remove do after tenants.yaml was edited."""

from __future__ import annotations

from dataclasses import asdict

from orchestrator.cli.progress import as_document
from orchestrator.cli.session import Session
from orchestrator.cli.text import clean
from orchestrator.cli.verbs.apply import apply
from orchestrator.client.answers import Edited


def finish(edited: Edited, session: Session, *, apply_now: bool) -> int:
    """Say what was changed, then apply it or tell how to. The exit code."""
    screen = session.screen
    if screen.as_json:
        return _finish_json(edited, session, apply_now=apply_now)
    for change in edited.changed:
        screen.tell(f"{clean(edited.file)}: {clean(change)}", hang=2)
    if not edited.changed:
        screen.say(f"{clean(edited.file)}: it says so already")
    if apply_now:
        return apply(session)
    screen.tell(
        "Not applied yet: `tenantctl plan` shows what would happen, `tenantctl apply` does it."
    )
    return 0


def _finish_json(edited: Edited, session: Session, *, apply_now: bool) -> int:
    document: dict[str, object] = asdict(edited)
    applied = as_document(session.controller.apply()) if apply_now else None
    if applied is not None:
        document["apply"] = applied
    session.screen.give(document)
    return 0 if applied is None or applied["ok"] else 1
