"""`tenantctl rollback ID…` or `--all`."""

from __future__ import annotations

from argparse import Namespace

from orchestrator.cli.session import Session
from orchestrator.cli.updating import run_to_end
from orchestrator.cli.verbs.update import campaign_options
from orchestrator.errors import WrongUsage


def run(arguments: Namespace, session: Session) -> int:
    if bool(arguments.ids) == arguments.all:
        raise WrongUsage(
            "whom to bring back is not clear",
            mend="Name customers (`tenantctl rollback customer-a`), or all of them with --all.",
        )
    return run_to_end(session.controller.rollback(campaign_options(arguments)), session)
