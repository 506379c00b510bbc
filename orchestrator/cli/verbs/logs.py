"""`tenantctl logs ID`."""

from __future__ import annotations

from argparse import Namespace

from orchestrator.cli.session import Session
from orchestrator.cli.text import clean_log


def run(arguments: Namespace, session: Session) -> int:
    lines = session.controller.logs(arguments.id, arguments.tail, follow=arguments.follow)
    screen = session.screen
    if screen.as_json and not arguments.follow:
        screen.give({"tenant": arguments.id, "lines": list(lines)})
        return 0
    for line in lines:
        if screen.as_json:
            screen.give_line({"tenant": arguments.id, "line": line})
        else:
            screen.say(clean_log(line))
    return 0
