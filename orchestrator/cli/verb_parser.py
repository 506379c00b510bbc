"""What the parsers of tenantctl's verbs have in common."""

from __future__ import annotations

import argparse
import textwrap
from typing import NoReturn

from orchestrator.errors import WrongUsage

DAYS_MAX = 400
WIDTH = 80  # columns of help
LONGEST_VERB = 15  # "credentials", indented: argparse forgets the indent of verbs


class Help(argparse.RawDescriptionHelpFormatter):
    """Keeps line breaks, and the names and their explanations in two columns."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=28)
        self._action_max_length = LONGEST_VERB


class Parser(argparse.ArgumentParser):
    """Wrong usage is an error as any other, so that it is a JSON document for who wants JSON."""

    def error(self, message: str) -> NoReturn:
        raise WrongUsage(message, mend=f"How it is used: `{self.prog} --help`.")


class Verb(Parser):
    """A verb's parser: every one takes --json, and keeps the line breaks of its examples."""

    def __init__(self, *, examples: str = "", **given: object) -> None:
        super().__init__(
            **given,  # type: ignore[arg-type]
            epilog=f"examples:\n{examples}" if examples else None,
            formatter_class=Help,
            allow_abbrev=False,
        )
        self.add_argument("--json", action="store_true", help="answer as JSON, for scripts")


Verbs = argparse._SubParsersAction


def add_verb(verbs: Verbs[Verb], name: str, brief: str, more: str, examples: str) -> Verb:
    """`more`: paragraphs with a blank line in between; their line breaks are not kept."""
    lines = "\n".join(f"  tenantctl {line}" for line in examples.splitlines())
    told = "\n\n".join(_filled(paragraph) for paragraph in (brief, *more.split("\n\n")))
    return verbs.add_parser(name, help=brief, description=told, examples=lines)


def _filled(paragraph: str) -> str:
    return textwrap.fill(
        " ".join(paragraph.split()), WIDTH, break_long_words=False, break_on_hyphens=False
    )


def takes_id(parser: Verb, *, optional: bool = False) -> None:
    parser.add_argument(
        "id", nargs="?" if optional else None, metavar="ID", help="the customer, as in tenants.yaml"
    )


def takes_ids(parser: Verb) -> None:
    parser.add_argument("ids", nargs="*", metavar="ID", help="these alone (default: all)")


def can_follow(parser: Verb) -> None:
    parser.add_argument("-f", "--follow", action="store_true", help="go on with what comes")


def can_apply(parser: Verb) -> None:
    parser.add_argument(
        "--apply", action="store_true", help="then apply, as `tenantctl apply` does"
    )


def count(text: str) -> int:
    number = int(text) if text.isdecimal() and len(text) < 7 else 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 1 to 999999")
    return number


def none_or_more(text: str) -> int:
    if not text.isdecimal() or len(text) > 6:
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 0 to 999999")
    return int(text)


def days(text: str) -> int:
    number = int(text) if text.isdecimal() and len(text) < 4 else 0
    if not 1 <= number <= DAYS_MAX:
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 1 to {DAYS_MAX}")
    return number


def pair(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not equals or not key:
        raise argparse.ArgumentTypeError(f"{text!r} is not of the form key=value")
    return key, value
