"""`tenantctl set ID key=value …`."""

from __future__ import annotations

from argparse import Namespace

from orchestrator.cli.editing import finish
from orchestrator.cli.session import Session
from orchestrator.errors import Refused

KEYS = (
    "name", "tier", "image", "state", "domains", "sleep_after", "always_on", "llm_privacy",
    "requests_per_second", "requests_at_once", "hold_for", "renamed_from",
)  # fmt: skip


def run(arguments: Namespace, session: Session) -> int:
    fields = {key: _value(key, value) for key, value in arguments.values}
    edited = session.controller.change(arguments.id, fields)
    return finish(edited, session, apply_now=arguments.apply)


def _value(key: str, value: str) -> object:
    """What tenants.yaml is to hold; None takes the key away."""
    if key not in KEYS:
        raise Refused(f"{key!r} is no key of a customer.", mend=f"The keys are: {', '.join(KEYS)}.")
    if not value:
        return None
    if key == "domains":
        return [host.strip() for host in value.split(",") if host.strip()]
    return value
