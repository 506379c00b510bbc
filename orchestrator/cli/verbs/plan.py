"""`tenantctl plan`: what an apply would do."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import asdict

from orchestrator.cli.planning import show_plan
from orchestrator.cli.session import Session


def run(arguments: Namespace, session: Session) -> int:
    plan = session.controller.plan()
    if session.screen.as_json:
        session.screen.give(asdict(plan))
    else:
        show_plan(plan, session.screen, steps=arguments.steps)
    return 1 if plan.problems or plan.refused else 0
