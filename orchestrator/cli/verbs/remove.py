"""`tenantctl remove ID`."""

from __future__ import annotations

from argparse import Namespace

from orchestrator.cli.editing import finish
from orchestrator.cli.session import Session


def run(arguments: Namespace, session: Session) -> int:
    return finish(session.controller.remove(arguments.id), session, apply_now=arguments.apply)
