"""`tenantctl validate`: the file alone, with no controller."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import asdict
from pathlib import Path

from orchestrator.adapters.tenants_file import load_fleet
from orchestrator.cli.planning import show_problems
from orchestrator.cli.session import Session
from orchestrator.cli.text import clean, plural


def run(arguments: Namespace, session: Session) -> int:
    path = Path(arguments.file) if arguments.file else session.settings.tenants_file
    loaded = load_fleet(path)
    tenants = len(loaded.order)
    screen = session.screen
    if screen.as_json:
        problems = [asdict(problem) for problem in loaded.problems]
        screen.give({"ok": not problems, "problems": problems, "tenants": tenants})
    elif loaded.problems:
        show_problems(loaded.problems, screen, path.name)
        screen.warn(screen.paint(plural(len(loaded.problems), "problem"), "red", stream=screen.err))
    else:
        screen.say(f"{screen.paint('ok:', 'green', 'bold')} {clean(path)} names {_many(tenants)}.")
    return 1 if loaded.problems else 0


def _many(tenants: int) -> str:
    return plural(tenants, "customer") if tenants else "no customers"
