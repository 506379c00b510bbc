"""`tenantctl suspend ID`: edit tenants.yaml, then apply it."""

from __future__ import annotations

from argparse import Namespace

from orchestrator.cli.editing import finish
from orchestrator.cli.session import Session


def run(arguments: Namespace, session: Session) -> int:
    edited = session.controller.change(arguments.id, {"state": "suspended"})
    return finish(edited, session, apply_now=True)
