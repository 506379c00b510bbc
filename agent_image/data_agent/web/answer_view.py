"""An answer as the page shows it: chips that lead to other plans, chart, one page of its rows."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from data_agent.asking import chips as pieces
from data_agent.asking.plan import Plan, PlanError, from_json
from data_agent.asking.schema import Schema
from data_agent.values import Answer
from data_agent.web.chart import chart_of
from data_agent.web.chart_marks import Chart
from data_agent.web.grid_view import Choice, GridPage, grid_page

PATH = "/"
FORMATS = (("csv", "CSV"), ("json", "JSON"), ("parquet", "Parquet"))


@dataclass(frozen=True)
class ShownChip:
    """A piece of the plan: addresses of the plan without it, and of each other plan."""

    kind: str
    words: str
    without: str
    options: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class AnswerView:
    """`title` names the answer in one line also where the question was only a follow-up; `plan`
    is JSON, empty when the answer has none; `downloads` are format name and address."""

    answer: Answer
    title: str
    plan: str
    chips: tuple[ShownChip, ...]
    chart: Chart | None
    grid: GridPage
    downloads: tuple[tuple[str, str], ...]


def answer_view(
    answer: Answer, schema: Schema, question: str, choice: Choice, *, named: bool = False
) -> AnswerView:
    """`named`: the question says it all; otherwise the plan gives the title."""
    plan = _compact(answer.plan)
    recipe = {"plan": plan} if plan else {"sql": answer.sql}
    chips, title = _chips(answer, schema)
    name = question if named or not title else title
    chart = chart_of(answer.chart, answer.result)
    kinds = (*FORMATS, ("svg", "SVG")) if chart and chart.marks and chart.height else FORMATS
    return AnswerView(
        answer=answer,
        title=name,
        plan=plan,
        chips=chips,
        chart=chart,
        grid=grid_page(answer.result, choice, _pages({"q": name, **recipe})),
        downloads=tuple(
            (words, f"/export?{urlencode({**recipe, 'format': kind, 'name': name})}")
            for kind, words in kinds
        ),
    )


def _chips(answer: Answer, schema: Schema) -> tuple[tuple[ShownChip, ...], str]:
    """None for an answer without a plan: it was made from a statement."""
    try:
        plan = from_json(answer.plan, schema)
    except PlanError:
        return (), ""

    def address(other: Plan | None) -> str:
        if other is None:
            return ""
        return _address({"q": pieces.title(other, schema), "plan": _compact(other.to_json())})

    shown = tuple(
        ShownChip(
            chip.kind,
            chip.words,
            address(chip.without),
            tuple((option.words, address(option.plan)) for option in chip.options),
        )
        for chip in pieces.chips(plan, schema)
    )
    return shown, pieces.title(plan, schema)


def _pages(recipe: dict[str, str]) -> Callable[[Choice], str]:
    def url(choice: Choice) -> str:
        place: dict[str, Any] = {"page": choice.page, "sort": choice.sort}
        chosen = {
            name: value for name, value in place.items() if value not in (0, 1) or name == "sort"
        }
        return _address({**recipe, **chosen, **({"down": 1} if choice.down else {})}) + "#rows"

    return url


def _address(query: dict[str, Any]) -> str:
    return f"{PATH}?{urlencode(query)}"


def _compact(plan: dict[str, object]) -> str:
    """Short enough for an address: what is not said is left out."""
    said = {key: value for key, value in plan.items() if value not in (None, (), [])}
    return json.dumps(said, separators=(",", ":"), ensure_ascii=False) if said else ""
