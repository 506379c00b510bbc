"""The verbs of tenantctl, their options and their help.

argparse, because typer's import alone takes longer than most verbs: docs/decisions has numbers.
"""

from __future__ import annotations

import argparse

from orchestrator.cli.update_parser import add_updates
from orchestrator.cli.verb_parser import (
    Help,
    Parser,
    Verb,
    Verbs,
    add_verb,
    can_apply,
    can_follow,
    count,
    days,
    pair,
    takes_id,
)

DESCRIPTION = """\
Runs the customers that tenants.yaml names: a container, network, address each.

Edit tenants.yaml, look at `tenantctl plan`, then `tenantctl apply`.
No verb removes a customer's data but `purge`, which asks for the id again."""

EXIT_CODES = """\
exit codes: 0 done, 1 refused or failed with a reason, 2 wrong usage
`tenantctl VERB --help` explains a verb and shows examples."""


def build() -> argparse.ArgumentParser:
    """The whole command line."""
    parser = Parser(
        prog="tenantctl",
        description=DESCRIPTION,
        epilog=EXIT_CODES,
        formatter_class=Help,
        allow_abbrev=False,
    )
    verbs = parser.add_subparsers(
        dest="verb", metavar="VERB", required=True, title="verbs", parser_class=Verb
    )
    for add in (
        _desired,
        _work,
        add_updates,
        _nights,
        _looking,
        _people,
        _editing,
        _states,
        _ending,
    ):
        add(verbs)
    return parser


def _desired(verbs: Verbs[Verb]) -> None:
    validate = add_verb(
        verbs,
        "validate",
        "Check tenants.yaml and name every problem in it.",
        "Reads the file only; the platform need not run. Each problem comes with its line, its\n"
        "path, and how to mend it.",
        "validate\nvalidate /config/tenants.yaml --json",
    )
    validate.add_argument("file", nargs="?", help="the file to check (default: the platform's own)")
    plan = add_verb(
        verbs,
        "plan",
        "Show what `apply` would do now, and why. Changes nothing.",
        "One line per customer: + starts, ~ changes, - retires (data is kept), ! is blocked.\n"
        "Customers that are as they should be are not listed.",
        "plan\nplan --steps\nplan --json",
    )
    plan.add_argument("--steps", action="store_true", help="list the single steps as well")


def _work(verbs: Verbs[Verb]) -> None:
    apply = add_verb(
        verbs,
        "apply",
        "Make the platform as tenants.yaml says (`make reload`).",
        "Prints the plan, then progress, until every customer is routed or has failed. An error\n"
        "in one customer's entry holds back that customer only. If many customers would retire\n"
        "at once, it is refused until their number is confirmed.",
        "apply\napply --no-wait\napply --confirm-retire 3",
    )
    apply.add_argument(
        "--confirm-retire", type=count, metavar="N", help="yes, N customers are to retire"
    )
    apply.add_argument(
        "--no-wait", action="store_true", help="return as soon as the work has been accepted"
    )
    restart = add_verb(
        verbs,
        "restart",
        "Restart one customer's container.",
        "The others notice nothing. Requests that come meanwhile wait for it.",
        "restart customer-a",
    )
    takes_id(restart)


def _nights(verbs: Verbs[Verb]) -> None:
    sleep = add_verb(
        verbs,
        "sleep",
        "Put one customer to sleep until somebody asks for it.",
        "Its container is stopped and takes no memory; the next request wakes it and waits for\n"
        "it. Refused while requests are under way, and for a customer that is always on.",
        "sleep customer-a",
    )
    takes_id(sleep)
    wake = add_verb(
        verbs,
        "wake",
        "Start one customer that sleeps.",
        "Nobody has to: a request to its address does the same.",
        "wake customer-a",
    )
    takes_id(wake)


def _looking(verbs: Verbs[Verb]) -> None:
    status = add_verb(
        verbs,
        "status",
        "Show every customer: state, address, use, troubles.",
        "On a narrow terminal the less important columns are left out; with an ID, all is shown.",
        "status\nstatus customer-a\nstatus --watch\nstatus --json",
    )
    takes_id(status, optional=True)
    status.add_argument("--watch", action="store_true", help="show it anew each second")
    logs = add_verb(
        verbs,
        "logs",
        "Show the last log lines of one customer.",
        "With --json: one document per line while following, one for all otherwise.",
        "logs customer-a\nlogs customer-a --tail 20\nlogs customer-a -f",
    )
    takes_id(logs)
    can_follow(logs)
    logs.add_argument("--tail", type=count, default=100, metavar="N", help="lines (default: 100)")
    events = add_verb(
        verbs,
        "events",
        "Show what happened to the customers; newest last.",
        "Started, crashed, healed, retired and so on. Times are UTC.",
        "events\nevents customer-a --limit 5\nevents -f",
    )
    takes_id(events, optional=True)
    can_follow(events)
    events.add_argument(
        "--limit", type=count, default=50, metavar="N", help="how many (default: 50)"
    )
    usage = add_verb(
        verbs,
        "usage",
        "Show what customers use of the LLM, in tokens.",
        "For one customer: day by day. Days are UTC. Nothing is kept of what was asked.",
        "usage\nusage customer-a --days 7\nusage --json",
    )
    takes_id(usage, optional=True)
    usage.add_argument(
        "--days", type=days, default=30, metavar="N", help="so many, with today (default: 30)"
    )
    add_verb(
        verbs,
        "doctor",
        "Check what the platform stands on, with mends.",
        "Exit code 1 when a check fails.",
        "doctor\ndoctor --json",
    )


def _people(verbs: Verbs[Verb]) -> None:
    credentials = add_verb(
        verbs,
        "credentials",
        "Show the first admin login of one customer or all.",
        "The password is shown until it is used: the first login must change it.",
        "credentials\ncredentials customer-a\ncredentials customer-a --json",
    )
    takes_id(credentials, optional=True)


def _editing(verbs: Verbs[Verb]) -> None:
    add = add_verb(
        verbs,
        "add",
        "Write a new customer into tenants.yaml.",
        "Comments and order of the file stay. Without --apply nothing else is changed yet.\n"
        "Adding a retired customer again brings its data back.",
        "add customer-c --name 'Customer C' --apply\n"
        "add customer-d --tier medium --domain data.customer-d.example",
    )
    takes_id(add)
    for option, text in (
        ("--name", "name for people (default: made of the id)"),
        ("--tier", "pricing class, one of the tiers in tenants.yaml"),
        ("--image", "image of the agent"),
        ("--sleep-after", "for example 30m"),
    ):
        add.add_argument(option, help=text)
    add.add_argument("--state", choices=("running", "suspended"), help="default: running")
    add.add_argument("--domain", action="append", metavar="HOST", help="own host name; repeatable")
    can_apply(add)
    change = add_verb(
        verbs,
        "set",
        "Change one customer's keys in tenants.yaml.",
        "Comments and order of the file stay.\n\n"
        "keys: name tier image state domains sleep_after always_on llm_privacy\n"
        "requests_per_second requests_at_once hold_for renamed_from\n\n"
        "`key=` with nothing behind it takes the key away, so that the default holds again.",
        "set customer-a tier=medium --apply\nset customer-a state=suspended --apply\n"
        "set customer-b domains=data.b.example,b.example sleep_after=",
    )
    takes_id(change)
    change.add_argument("values", nargs="+", type=pair, metavar="KEY=VALUE")
    can_apply(change)
    remove = add_verb(
        verbs,
        "remove",
        "Take a customer out of tenants.yaml. Its data is kept.",
        "With --apply the customer retires at once: stopped, no longer routed, data kept.",
        "remove customer-c\nremove customer-c --apply",
    )
    takes_id(remove)
    can_apply(remove)


def _states(verbs: Verbs[Verb]) -> None:
    suspend = add_verb(
        verbs,
        "suspend",
        "Stop one customer's service, for one that has not paid.",
        "Writes `state: suspended` into tenants.yaml and applies it. Visitors see a page that\n"
        "says so; all data is kept.",
        "suspend customer-a",
    )
    takes_id(suspend)
    resume = add_verb(
        verbs,
        "resume",
        "Start a suspended customer's service again, as it was.",
        "Takes `state` out of its entry in tenants.yaml and applies it.",
        "resume customer-a",
    )
    takes_id(resume)


def _ending(verbs: Verbs[Verb]) -> None:
    purge = add_verb(
        verbs,
        "purge",
        "Remove a retired customer's data, for good.",
        "Refused while the customer is in tenants.yaml. There is no way back but a backup.",
        "purge customer-c\npurge customer-c --confirm customer-c",
    )
    takes_id(purge)
    purge.add_argument("--confirm", metavar="ID", help="the id again; asked for on a terminal")
