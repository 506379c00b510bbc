"""One run of tenantctl: arguments, the verb, and errors shown in one place."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Sequence
from io import TextIOWrapper

from orchestrator.cli.parser import build
from orchestrator.cli.screen import Screen
from orchestrator.errors import OrchestratorError, WrongUsage

WRONG_USAGE = 2  # as argparse has it


def run(argv: Sequence[str] | None, when_imported: Callable[[], None]) -> int:
    """The exit code. Only the verb that is asked for is imported, and only when it runs."""
    _never_stumble_over_an_encoding()
    given = sys.argv[1:] if argv is None else argv
    screen = Screen(as_json="--json" in given)
    try:
        arguments = build().parse_args(given)
        verb = importlib.import_module(f"orchestrator.cli.verbs.{arguments.verb}")
        session = _session(screen)
        when_imported()
        code: int = verb.run(arguments, session)
    except OrchestratorError as error:
        screen.fail(error)
        return WRONG_USAGE if isinstance(error, WrongUsage) else 1
    return code


def _session(screen: Screen) -> object:
    from orchestrator.cli.session import Session
    from orchestrator.client.blocking import Controller
    from orchestrator.settings import Settings

    settings = Settings.from_env()
    return Session(Controller(settings.operator_socket), screen, settings)


def _never_stumble_over_an_encoding() -> None:
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
