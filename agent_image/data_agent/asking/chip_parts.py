"""The chips of what is more than one number by one group: studies, shares, growth, conditions."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from data_agent.asking.plan import Group, Plan, Show, Study, StudyKind
from data_agent.asking.words import having_words, measure_words

Kind = Literal[
    "table", "measure", "filter", "group", "rank", "add", "study", "having", "show"
]  # fmt: skip
SHOWN: dict[Show, str] = {"share": "with its share of the whole", "growth": "with its change"}
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
    timely = any(group.bucket not in (None, "weekday") for group in plan.groups)
    if plain and timely and plan.limit is None:
        found.append("growth")
    shows: list[Show] = [show for show in SHOWN if show in found and show != plan.show]
    return tuple(Option(SHOWN[show], replace(plan, show=show, part=())) for show in shows)


def without_first(plan: Plan) -> Plan:
    """Without the group; the second takes its place, and without any there is one number."""
    rest = replace(plan, group=plan.second, second=None, order=None, limit=None, within=False)
    if rest.group is not None:
        timely = rest.group.bucket not in (None, "weekday")
        return replace(rest, show=None) if plan.show == "growth" and not timely else rest
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
