"""The verbs of tenantctl, their options and their help.

argparse, because typer's import alone takes longer than most verbs: docs/decisions has numbers.
"""

from __future__ import annotations

import argparse

DESCRIPTION = """\
Runs the customers that tenants.yaml names: one container, network, address each.

Edit tenants.yaml, look at `tenantctl plan`, then `tenantctl apply`.
No verb removes a customer's data but `purge`, which asks for the id again."""

DAYS_MAX = 400
LONGEST_VERB = 15  # "credentials", indented: argparse forgets the indent of verbs

EXIT_CODES = """\
exit codes: 0 done, 1 refused or failed with a reason, 2 wrong usage
`tenantctl VERB --help` explains a verb and shows examples."""


def build() -> argparse.ArgumentParser:
    """The whole command line."""
    parser = argparse.ArgumentParser(
        prog="tenantctl",
        description=DESCRIPTION,
        epilog=EXIT_CODES,
        formatter_class=_Help,
        allow_abbrev=False,
    )
    verbs = parser.add_subparsers(
        dest="verb", metavar="VERB", required=True, title="verbs", parser_class=_Verb
    )
    for add in (_desired, _work, _looking, _people, _editing, _ending):
        add(verbs)
    return parser


class _Help(argparse.RawDescriptionHelpFormatter):
    """Keeps line breaks, and the names and their explanations in two columns."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=28)
        self._action_max_length = LONGEST_VERB


class _Verb(argparse.ArgumentParser):
    """A verb's parser: every one takes --json, and keeps the line breaks of its examples."""

    def __init__(self, *, examples: str = "", **given: object) -> None:
        super().__init__(
            **given,  # type: ignore[arg-type]
            epilog=f"examples:\n{examples}" if examples else None,
            formatter_class=_Help,
            allow_abbrev=False,
        )
        self.add_argument("--json", action="store_true", help="answer as JSON, for scripts")


_Verbs = argparse._SubParsersAction


def _verb(verbs: _Verbs[_Verb], name: str, brief: str, more: str, examples: str) -> _Verb:
    lines = "\n".join(f"  tenantctl {line}" for line in examples.splitlines())
    return verbs.add_parser(name, help=brief, description=f"{brief}\n\n{more}", examples=lines)


def _desired(verbs: _Verbs[_Verb]) -> None:
    validate = _verb(
        verbs,
        "validate",
        "Check tenants.yaml and name every problem in it.",
        "Reads the file only; the platform need not run. Each problem comes with its line, its\n"
        "path, and how to mend it.",
        "validate\nvalidate /config/tenants.yaml --json",
    )
    validate.add_argument("file", nargs="?", help="the file to check (default: the platform's own)")
    plan = _verb(
        verbs,
        "plan",
        "Show what `apply` would do now, and why. Changes nothing.",
        "One line per customer: + starts, ~ changes, - retires (data is kept), ! is blocked.\n"
        "Customers that are as they should be are not listed.",
        "plan\nplan --steps\nplan --json",
    )
    plan.add_argument("--steps", action="store_true", help="list the single steps as well")


def _work(verbs: _Verbs[_Verb]) -> None:
    apply = _verb(
        verbs,
        "apply",
        "Make the platform as tenants.yaml says (`make reload`).",
        "Prints the plan, then progress, until every customer is routed or has failed. An error\n"
        "in one customer's entry holds back that customer only. If many customers would retire\n"
        "at once, it is refused until their number is confirmed.",
        "apply\napply --no-wait\napply --confirm-retire 3",
    )
    apply.add_argument(
        "--confirm-retire", type=_count, metavar="N", help="yes, N customers are to retire"
    )
    apply.add_argument(
        "--no-wait", action="store_true", help="return as soon as the work has been accepted"
    )
    restart = _verb(
        verbs,
        "restart",
        "Restart one customer's container.",
        "The others notice nothing. Requests that come meanwhile wait for it.",
        "restart customer-a",
    )
    _id(restart)


def _looking(verbs: _Verbs[_Verb]) -> None:
    status = _verb(
        verbs,
        "status",
        "Show every customer: state, address, use, troubles.",
        "On a narrow terminal the less important columns are left out; with an ID, all is shown.",
        "status\nstatus customer-a\nstatus --watch\nstatus --json",
    )
    _id(status, optional=True)
    status.add_argument("--watch", action="store_true", help="show it anew each second")
    logs = _verb(
        verbs,
        "logs",
        "Show the last log lines of one customer.",
        "With --json: one document per line while following, one for all otherwise.",
        "logs customer-a\nlogs customer-a --tail 20\nlogs customer-a -f",
    )
    _id(logs)
    _follow(logs)
    logs.add_argument("--tail", type=_count, default=100, metavar="N", help="lines (default: 100)")
    events = _verb(
        verbs,
        "events",
        "Show what happened to the customers; newest last.",
        "Started, crashed, healed, retired and so on. Times are UTC.",
        "events\nevents customer-a --limit 5\nevents -f",
    )
    _id(events, optional=True)
    _follow(events)
    events.add_argument(
        "--limit", type=_count, default=50, metavar="N", help="how many (default: 50)"
    )
    usage = _verb(
        verbs,
        "usage",
        "Show what customers use of the LLM, in tokens.",
        "For one customer: day by day. Days are UTC. Nothing is kept of what was asked.",
        "usage\nusage customer-a --days 7\nusage --json",
    )
    _id(usage, optional=True)
    usage.add_argument(
        "--days", type=_days, default=30, metavar="N", help="so many, with today (default: 30)"
    )
    _verb(
        verbs,
        "doctor",
        "Check what the platform stands on, with mends.",
        "Exit code 1 when a check fails.",
        "doctor\ndoctor --json",
    )


def _people(verbs: _Verbs[_Verb]) -> None:
    credentials = _verb(
        verbs,
        "credentials",
        "Show the first admin login of one customer or all.",
        "The password is shown until it is used: the first login must change it.",
        "credentials\ncredentials customer-a\ncredentials customer-a --json",
    )
    _id(credentials, optional=True)


def _editing(verbs: _Verbs[_Verb]) -> None:
    add = _verb(
        verbs,
        "add",
        "Write a new customer into tenants.yaml.",
        "Comments and order of the file stay. Without --apply nothing else is changed yet.\n"
        "Adding a retired customer again brings its data back.",
        "add customer-c --name 'Customer C' --apply\n"
        "add customer-d --tier medium --domain data.customer-d.example",
    )
    _id(add)
    for option, text in (
        ("--name", "name for people (default: made of the id)"),
        ("--tier", "pricing class, one of the tiers in tenants.yaml"),
        ("--image", "image of the agent"),
        ("--sleep-after", "for example 30m"),
    ):
        add.add_argument(option, help=text)
    add.add_argument("--state", choices=("running", "suspended"), help="default: running")
    add.add_argument("--domain", action="append", metavar="HOST", help="own host name; repeatable")
    _apply_after(add)
    change = _verb(
        verbs,
        "set",
        "Change one customer's keys in tenants.yaml.",
        "Comments and order of the file stay.\n"
        "keys: name tier image state domains sleep_after llm_privacy renamed_from\n"
        "`key=` with nothing behind it takes the key away, so that the default holds again.",
        "set customer-a tier=medium --apply\nset customer-a state=suspended --apply\n"
        "set customer-b domains=data.customer-b.example,b.example sleep_after=",
    )
    _id(change)
    change.add_argument("values", nargs="+", type=_pair, metavar="KEY=VALUE")
    _apply_after(change)
    remove = _verb(
        verbs,
        "remove",
        "Take a customer out of tenants.yaml. Its data is kept.",
        "With --apply the customer retires at once: stopped, no longer routed, data kept.",
        "remove customer-c\nremove customer-c --apply",
    )
    _id(remove)
    _apply_after(remove)


def _ending(verbs: _Verbs[_Verb]) -> None:
    purge = _verb(
        verbs,
        "purge",
        "Remove a retired customer's data, for good.",
        "Refused while the customer is in tenants.yaml. There is no way back but a backup.",
        "purge customer-c\npurge customer-c --confirm customer-c",
    )
    _id(purge)
    purge.add_argument("--confirm", metavar="ID", help="the id again; asked for on a terminal")


def _id(parser: _Verb, *, optional: bool = False) -> None:
    parser.add_argument(
        "id", nargs="?" if optional else None, metavar="ID", help="the customer, as in tenants.yaml"
    )


def _follow(parser: _Verb) -> None:
    parser.add_argument("-f", "--follow", action="store_true", help="go on with what comes")


def _apply_after(parser: _Verb) -> None:
    parser.add_argument(
        "--apply", action="store_true", help="then apply, as `tenantctl apply` does"
    )


def _count(text: str) -> int:
    number = int(text) if text.isdecimal() and len(text) < 7 else 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 1 to 999999")
    return number


def _days(text: str) -> int:
    number = int(text) if text.isdecimal() and len(text) < 4 else 0
    if not 1 <= number <= DAYS_MAX:
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 1 to {DAYS_MAX}")
    return number


def _pair(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not equals or not key:
        raise argparse.ArgumentTypeError(f"{text!r} is not of the form key=value")
    return key, value
