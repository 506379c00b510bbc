"""The chips of what is more than one number by one group: studies, shares, growth, conditions."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from data_agent.asking.plan import Group, Plan, Show, Study, StudyKind
from data_agent.asking.schema import Table
from data_agent.asking.words import (
    either_words,
    filter_words,
    having_words,
    measure_words,
    members_words,
)

Kind = Literal[
    "table", "measure", "filter", "group", "rank", "add", "study", "having", "show"
]  # fmt: skip
SHOWN: dict[Show, str] = {
    "share": "with its share of the whole",
    "growth": "with its change",
    "difference": "with the difference of the two",
}
NO_PERIODS = (None, "weekday", "hour")  # groups that do not follow each other in time
OF_ONE_NUMBER: tuple[StudyKind, ...] = ("distribution", "outliers")


@dataclass(frozen=True)
class Option:
    """A change: its words, and the plan that it leads to."""

    words: str
    plan: Plan


@dataclass(frozen=True)
class Chip:
    """One piece of a plan. `without`: the plan when it is taken away, None where it must stay."""

    kind: Kind
    words: str
    without: Plan | None = None
    options: tuple[Option, ...] = ()


def study_chip(plan: Plan) -> Chip:
    """What is looked into; the other things that can be asked of the same column."""
    study = plan.study or Study("missing")
    others = [kind for kind in OF_ONE_NUMBER if kind != study.kind]
    same = study.kind in OF_ONE_NUMBER
    options = [
        Option(_studied(other), replace(plan, study=other))
        for other in (Study(kind, study.columns) for kind in others)
    ]
    if study.columns and study.kind in ("missing", "duplicates"):
        whole = Study(study.kind)
        options, same = [Option(_studied(whole), replace(plan, study=whole))], True
    rows = Option("the rows themselves", replace(plan, study=None))
    return Chip("study", _studied(study), None, (*(options if same else []), rows))


def further_chips(plan: Plan) -> list[Chip]:
    """Each number beside the first can be taken away."""
    return [
        Chip(
            "measure",
            f"and {measure_words(measure)}",
            replace(plan, further=tuple(other for other in plan.further if other != measure)),
        )
        for measure in plan.further
    ]


def second_chip(plan: Plan, group: Group, words: str) -> Chip:
    """The second group can be taken away, or come first."""
    turned = Option(f"{words} first", replace(plan, group=group, second=plan.group))
    return Chip("group", f"and {words}", replace(plan, second=None, within=False), (turned,))


def either_chip(plan: Plan, table: Table) -> list[Chip]:
    """The alternatives together: none of them, each alone, or all at once."""
    if not plan.either:
        return []
    without = replace(plan, either=())
    alone = [
        Option(filter_words(item, table), replace(without, filters=(*plan.filters, item)))
        for item in plan.either
    ]
    every = replace(without, filters=(*plan.filters, *plan.either))
    words = " and ".join(option.words for option in alone)
    return [Chip("filter", either_words(plan, table), without, (*alone, Option(words, every)))]


def member_chips(plan: Plan, table: Table) -> list[Chip]:
    """Each can be taken away, or turned round."""
    found = []
    for item in plan.members:
        rest = tuple(other for other in plan.members if other != item)
        turned = replace(item, has=not item.has)
        option = Option(members_words(turned, table), replace(plan, members=(*rest, turned)))
        without = replace(plan, members=rest)
        found.append(Chip("filter", members_words(item, table), without, (option,)))
    return found


def runs(group: Group) -> bool:
    """Whether these groups are periods, one after the other."""
    return group.bucket not in NO_PERIODS


def having_chips(plan: Plan) -> list[Chip]:
    return [
        Chip(
            "having",
            f"with {having_words(item)}",
            replace(plan, having=tuple(other for other in plan.having if other != item)),
        )
        for item in plan.having
    ]


def show_chip(plan: Plan) -> Chip:
    without = replace(plan, show=None, part=())
    return Chip("show", SHOWN[plan.show or "share"], without, shown_otherwise(plan))


def shown_otherwise(plan: Plan) -> tuple[Option, ...]:
    """The same groups with their share, or with their change, where that means something."""
    found = []
    plain = plan.group is not None and not plan.further and not plan.having and plan.measure
    if plain and plan.measure and plan.measure.function in ("sum", "count"):
        found.append("share")
    timely = any(runs(group) for group in plan.groups)
    if plain and timely and plan.limit is None:
        found.append("growth")
    shows: list[Show] = [show for show in SHOWN if show in found and show != plan.show]
    return tuple(Option(SHOWN[show], replace(plan, show=show, part=())) for show in shows)


def without_first(plan: Plan) -> Plan:
    """Without the group; the second takes its place, and without any there is one number."""
    rest = replace(plan, group=plan.second, second=None, order=None, limit=None, within=False)
    if rest.group is not None:
        lost = plan.show == "growth" and not runs(rest.group)
        return replace(rest, show=None) if lost or plan.show == "difference" else rest
    return replace(rest, having=(), show=None, part=())


def bare(plan: Plan) -> Plan:
    """Without all that belongs to a number."""
    return replace(
        plan, further=(), second=None, having=(), show=None, part=(), study=None, within=False
    )


def what_words(plan: Plan) -> str:
    """What is asked for, in a line."""
    if plan.study is not None:
        return _studied(plan.study)
    what = " and ".join(measure_words(measure) for measure in plan.measures) or "rows"
    return f"{ {'share': 'share of ', 'growth': 'change of '}.get(plan.show or '', '') }{what}"


def _studied(study: Study) -> str:
    names = " and ".join(study.columns)
    words = {"missing": "missing values", "duplicates": "duplicate rows"}.get(
        study.kind, study.kind
    )
    return f"{words} of {names}" if names else words
