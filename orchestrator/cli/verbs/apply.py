"""`tenantctl apply`: the plan, then progress, then how it ended."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import replace

from orchestrator.cli.planning import show_plan
from orchestrator.cli.progress import run_to_end
from orchestrator.cli.session import Session
from orchestrator.errors import Refused


def run(arguments: Namespace, session: Session) -> int:
    return apply(session, confirm_retire=arguments.confirm_retire, wait=not arguments.no_wait)


def apply(session: Session, *, confirm_retire: int | None = None, wait: bool = True) -> int:
    """The exit code. A refusal is raised before anything was done, and after what it is about was
    shown; what is accepted begins with its plan."""
    try:
        return run_to_end(session.controller.apply(confirm_retire, wait=wait), session.screen)
    except Refused:
        if not session.screen.as_json:
            _show_refused(session)
        raise


def _show_refused(session: Session) -> None:
    plan = session.controller.plan()
    if plan.tenants or not plan.problems:  # an unusable file is refused with all its problems
        show_plan(replace(plan, refused=None), session.screen)
