"""`tenantctl purge ID`: the one verb that removes data. The id is typed again, always."""

from __future__ import annotations

import sys
from argparse import Namespace
from dataclasses import asdict

from orchestrator.cli.session import Session
from orchestrator.cli.text import clean, size
from orchestrator.errors import Refused


def run(arguments: Namespace, session: Session) -> int:
    typed = arguments.confirm if arguments.confirm is not None else _ask(arguments.id, session)
    if typed != arguments.id:
        raise Refused(
            f"Nothing was removed: {typed!r} is not {arguments.id!r}.",
            mend="Type the id of the customer whose data is to go, exactly.",
        )
    purged = session.controller.purge(arguments.id, typed)
    if session.screen.as_json:
        session.screen.give(asdict(purged))
    else:
        session.screen.say(f"The data of {clean(purged.purged)} is gone: {size(purged.bytes)}.")
    return 0


def _ask(tenant: str, session: Session) -> str:
    if session.screen.as_json or not sys.stdin.isatty():
        raise Refused(
            f"The data of {tenant} is removed only when the id is given again.",
            mend=f"tenantctl purge {tenant} --confirm {tenant}",
        )
    session.screen.warn(f"All users, files and answers of {clean(tenant)} will be gone for good.")
    try:
        return input("Type the id to go on: ").strip()
    except EOFError:
        return ""
