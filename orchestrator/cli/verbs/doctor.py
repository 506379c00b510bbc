"""`tenantctl doctor`: what the platform stands on. A controller that is away is a finding too."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import asdict

from orchestrator.cli.screen import Screen
from orchestrator.cli.session import Session
from orchestrator.cli.text import clean, pad, width
from orchestrator.client.answers import Check, Diagnosis
from orchestrator.errors import ControllerUnavailable


def run(_: Namespace, session: Session) -> int:
    diagnosis = _diagnosis(session)
    if session.screen.as_json:
        session.screen.give(asdict(diagnosis))
    else:
        _show(diagnosis, session.screen)
    return 0 if diagnosis.ok else 1


def _diagnosis(session: Session) -> Diagnosis:
    try:
        return session.controller.doctor()
    except ControllerUnavailable as error:
        check = Check("controller", ok=False, detail=str(error), mend=error.mend)
        return Diagnosis(ok=False, checks=(check,))


def _show(diagnosis: Diagnosis, screen: Screen) -> None:
    column = max((width(clean(check.name)) for check in diagnosis.checks), default=0)
    for check in diagnosis.checks:
        mark = screen.paint("ok  ", "green") if check.ok else screen.paint("FAIL", "red", "bold")
        screen.tell(clean(check.detail), f"{mark}  {pad(clean(check.name), column)}  ")
        if not check.ok:
            screen.mend(check.mend, to_out=True)
    failed = sum(not check.ok for check in diagnosis.checks)
    screen.say(f"{failed} of {len(diagnosis.checks)} checks failed." if failed else "All is well.")
