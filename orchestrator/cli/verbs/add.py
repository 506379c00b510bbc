"""`tenantctl add ID`."""

from __future__ import annotations

from argparse import Namespace

from orchestrator.cli.editing import finish
from orchestrator.cli.session import Session


def run(arguments: Namespace, session: Session) -> int:
    given = {
        "id": arguments.id,
        "name": arguments.name,
        "tier": arguments.tier,
        "image": arguments.image,
        "domains": arguments.domain,
        "sleep_after": arguments.sleep_after,
        "state": arguments.state,
    }
    fields = {key: value for key, value in given.items() if value is not None}
    return finish(session.controller.add(fields), session, apply_now=arguments.apply)
