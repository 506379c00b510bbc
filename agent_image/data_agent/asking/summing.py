"""What may be added up or averaged, and what to ask where that means nothing."""

from __future__ import annotations

from data_agent.asking.draft import Draft
from data_agent.asking.grouping import is_amount
from data_agent.asking.lexicon import Lexicon
from data_agent.asking.plan import Filter, Function, Measure, Plan
from data_agent.asking.schema import Field
from data_agent.asking.text import stems

NEEDS_NUMBER = {"sum", "avg", "median"}


def is_additive(field: Field, lexicon: Lexicon) -> bool:
    """Whether adding up the values of this number means something: amounts yes, prices no."""
    return field.kind == "number" and not set(stems(field.name)) & lexicon.non_additive


def beyond(item: Filter, field: Field) -> bool:
    """No single row reaches the number, so that only totals can be meant."""
    if item.operator not in {"gt", "ge"} or field.high is None:
        return False
    try:
        return float(item.values[0]) >= float(field.high)
    except ValueError:
        return False


def function_word(function: str) -> str:
    """The function's name in a question that is suggested."""
    return {"sum": "total", "avg": "average", "min": "lowest", "max": "highest"}.get(
        function, function
    )


class Sums:
    """The measures of one draft. `used`: columns that play a part, by name."""

    def __init__(self, draft: Draft, lexicon: Lexicon) -> None:
        self.draft, self.lexicon = draft, lexicon
        self.used: set[str] = set()

    def sum_of(self, field: Field) -> Measure:
        self.used.add(field.name)
        if self._is_level(field):
            self._no_total(field)
        elif not is_additive(field, self.lexicon):
            self.draft.problem(
                f"Adding up {field.name} may mean nothing. Average, highest or total?",
                f"average {field.name}",
                f"highest {field.name}",
                f"total {field.name}",
            )
        return Measure("sum", field.name)

    def check(self, function: Function, field: Field) -> None:
        self.used.add(field.name)
        named_id = function in NEEDS_NUMBER and field.name in self.draft.identifiers
        if field.kind == "number" and (named_id or (function == "sum" and self._is_level(field))):
            self._no_total(field)
        if function in NEEDS_NUMBER and field.kind != "number":
            options = [f"{function_word(function)} {f.name}" for f in self.measurable()]
            self.draft.problem(
                f"{field.name} is no number, so it has no {function_word(function)}.",
                *options,
                f"number of different {field.name}",
            )

    def measurable(self) -> list[Field]:
        numbers = self.draft.table.of_kind("number")
        amounts = [field for field in numbers if is_amount(field, self.draft)]
        return [field for field in amounts if is_additive(field, self.lexicon)][:3]

    def totals(self) -> list[str]:
        return [f"total {field.name}" for field in self.measurable()]

    def from_elsewhere(self, plan: Plan) -> None:
        """A number of another table would be counted once for each row that leads to it."""
        used = [measure.column for measure in (*plan.measures, *(h.measure for h in plan.having))]
        for name in filter(None, used):
            field = self.draft.table.field(name)
            distinct = all(m.function == "distinct" for m in plan.measures if m.column == name)
            if field.source and not distinct:
                self.draft.problem(
                    f"{field.column} stands in {field.source} once, and {plan.table} would "
                    f"count it again for every row. Ask about {field.source} alone."
                )

    def named_tables(self, plan: Plan) -> None:
        """Another table that was named takes part, and what is counted is not its rows."""
        table = self.draft.table
        sources = {table.field(name).source for name in plan.columns()}
        says_what = self.draft.rows or (plan.measure is not None and plan.measure.column)
        for other in self.draft.elsewhere:
            if other not in sources or not says_what:
                self.draft.problem(f"This needs the tables {table.name} and {other} at once.")

    def _is_level(self, field: Field) -> bool:
        """A number whose total nobody wants: an id, an age, a balance."""
        named = bool(set(stems(field.name)) & self.lexicon.levels)
        return field.kind == "number" and (named or field.name in self.draft.identifiers)

    def _no_total(self, field: Field) -> None:
        if field.name in self.draft.identifiers:
            self.draft.problem(
                f"{field.name} is a name in figures; adding it up means nothing.",
                f"number of different {field.name}",
            )
        else:
            self.draft.problem(
                f"Adding up {field.name} means nothing. Average, highest or lowest?",
                *(f"{word} {field.name}" for word in ("average", "highest", "lowest")),
            )
