"""`tenantctl update [ID…]`: begin, stop or resume an update of many customers."""

from __future__ import annotations

from argparse import Namespace

from orchestrator.cli.session import Session
from orchestrator.cli.updating import run_to_end, show
from orchestrator.errors import WrongUsage


def run(arguments: Namespace, session: Session) -> int:
    controller = session.controller
    about_the_last = arguments.stop or arguments.resume or arguments.show or arguments.abort
    if about_the_last and (arguments.ids or arguments.image):
        raise WrongUsage(
            "--stop, --resume, --abort and --show are about the update as it was begun",
            mend="Leave customers and image out.",
        )
    if arguments.show:
        return show(session)
    if arguments.stop:
        return run_to_end(controller.stop_update(), session)
    if arguments.resume:
        return run_to_end(controller.resume_update(), session)
    if arguments.abort:
        return run_to_end(controller.abort_update(), session)
    options = {**campaign_options(arguments), "image": arguments.image}
    return run_to_end(controller.update(options), session)


def campaign_options(arguments: Namespace) -> dict[str, object]:
    """What update and rollback have in common, as the controller reads it."""
    return {
        "tenants": arguments.ids,
        "canary": arguments.canary,
        "batch": arguments.batch,
        "max_failures": arguments.max_failures,
        **({} if arguments.soak is None else {"soak": arguments.soak}),
    }
