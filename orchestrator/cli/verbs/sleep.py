"""`tenantctl sleep ID`."""

from __future__ import annotations

from argparse import Namespace

from orchestrator.cli.progress import run_to_end
from orchestrator.cli.session import Session


def run(arguments: Namespace, session: Session) -> int:
    return run_to_end(session.controller.sleep(arguments.id), session.screen)
