"""`tenantctl wake ID`."""

from __future__ import annotations

from argparse import Namespace

from orchestrator.cli.progress import run_to_end
from orchestrator.cli.session import Session


def run(arguments: Namespace, session: Session) -> int:
    return run_to_end(session.controller.wake(arguments.id), session.screen)
