"""What may be added up or averaged, and what to ask where that means nothing."""

from __future__ import annotations

from data_agent.asking.draft import Draft
from data_agent.asking.grouping import is_amount
from data_agent.asking.lexicon import Lexicon
from data_agent.asking.plan import Calc, Filter, Function, Measure, Plan
from data_agent.asking.schema import Field
from data_agent.asking.text import stems

NEEDS_NUMBER = {"sum", "avg", "median"}


def is_additive(field: Field, lexicon: Lexicon) -> bool:
    """Whether adding up the values of this number means something: amounts yes, prices no."""
    return field.kind == "number" and not set(stems(field.name)) & lexicon.non_additive


def beyond(item: Filter, field: Field) -> bool:
    """No single row reaches the number, so that only totals can be meant."""
    if item.operator not in {"gt", "ge"} or field.high is None or not item.values:
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
        if field.name in self.draft.occasional:
            return Measure("distinct", field.name)  # `top 5 customers by complaints`
        if self._is_level(field):
            self._no_total(field)
        elif not is_additive(field, self.lexicon):
            self.draft.problem(
                f"Adding up {field.name} may mean nothing. Average, highest or total?",
                f"average {field.name}",
                f"highest {field.name}",
                f"total {field.name}",
            )
        elif set(stems(field.name)) & self.lexicon.usually_averaged:
            self.draft.notes.append(
                f'{field.name} was added up; say "average {field.name}" for the average.'
            )
        return Measure("sum", field.name)

    def check(self, function: Function, field: Field, calc: Calc | None = None) -> None:
        self.used.add(field.name)
        if calc is not None:
            self._calculated(function, field, calc)
            return
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

    def _calculated(self, function: Function, field: Field, calc: Calc) -> None:
        """A price times a quantity may be added up, a price less a cost may not."""
        other = self.draft.table.field(calc.column) if calc.column is not None else None
        additive = is_additive(field, self.lexicon), other and is_additive(other, self.lexicon)
        if calc.operator in {"days_to", "hours_to"}:
            fits = True
        elif calc.operator == "times":
            fits = any(additive) or function != "sum"
        elif calc.operator == "per":
            fits = additive[0] and (calc.function != "sum" or bool(additive[1]))
        else:
            fits = all(additive) or (function != "sum" and additive[0] == additive[1])
        if fits or other is None:
            return
        if calc.operator == "per":
            self.draft.problem(
                f"A total of {field.name} or of {other.name} means nothing, so it is not divided."
            )
            return
        words = f"{field.name} {calc.operator} {other.name}"
        self.draft.problem(
            f"Adding up {words} may mean nothing. Average, highest or lowest?",
            *(f"{word} {words}" for word in ("average", "highest", "lowest")),
        )

    def measurable(self) -> list[Field]:
        numbers = self.draft.table.of_kind("number")
        amounts = [field for field in numbers if is_amount(field, self.draft)]
        return [field for field in amounts if is_additive(field, self.lexicon)][:3]

    def totals(self) -> list[str]:
        return [f"total {field.name}" for field in self.measurable()]

    def by_what(self, start: str) -> None:
        """`top 5 cities`: a ranking that does not say of what."""
        words = " ".join(start.split())
        options = [f"{words} by total {field.name}" for field in self.measurable()]
        self.draft.problem(f"{words}: by what?", *options, f"{words} by number of rows")

    def from_elsewhere(self, plan: Plan) -> None:
        """A number of another table would be counted once for each row that leads to it."""
        used = [measure.column for measure in (*plan.measures, *(h.measure for h in plan.having))]
        for name in filter(None, used):
            field = self.draft.table.field(name)
            distinct = all(
                m.function == "distinct" or self._with_own(m)
                for m in plan.measures
                if m.column == name
            )
            if field.source and not distinct:
                self.draft.problem(
                    f"{field.column} stands in {field.source} once, and {plan.table} would "
                    f"count it again for every row. Ask about {field.source} alone."
                )

    def of_ratings(self, field: Field) -> None:
        """`which agent has the lowest rating`: nobody means the one worst mark."""
        if set(stems(field.name)) & self.lexicon.ratings:
            self.draft.problem(
                f"One single {field.name}, or the average {field.name}?",
                f"average {field.name}",
            )

    def both_signs(self, plan: Plan) -> None:
        """`biggest expense` where the column has what comes in and what goes out."""
        named = [plan.measure.column if plan.measure else None, plan.order and plan.order.column]
        for name in filter(None, named):
            field = self.draft.table.field(str(name))
            ends = self.draft.extreme is not None and field.kind == "number"
            ends = ends and not set(stems(field.name)) & self.lexicon.levels
            ends = ends and not any(item.column == name for item in plan.filters)
            if ends and name in self.draft.instead and str(field.low or "").startswith("-"):
                self.draft.problem(
                    f"{name} has values above and below zero. Which end do you mean?",
                    f"highest {name}", f"lowest {name}",
                )  # fmt: skip

    def average_of_groups(self, plan: Plan) -> None:
        """`average monthly revenue`: of the rows of each month, or of the months' totals?"""
        column = plan.measure.column if plan.measure is not None else None
        if not self.draft.averages_groups or column is None or plan.group is None:
            return
        key = plan.group.bucket or plan.group.column
        field = self.draft.table.field(column)
        if is_additive(field, self.lexicon):
            self.draft.problem(
                f"The average {column} of all rows of each {key}, or the total {column} of a "
                f"{key} on average?",
                f"average {column} by {key}",
                f"total {column} per different {key}",
            )

    def named_tables(self, plan: Plan) -> None:
        """Another table that was named takes part, and what is counted is not its rows."""
        table = self.draft.table
        sources = {table.field(name).source for name in plan.columns()}
        says_what = self.draft.rows or (plan.measure is not None and plan.measure.column)
        for other in self.draft.elsewhere:
            if other not in sources or not says_what:
                self.draft.problem(f"This needs the tables {table.name} and {other} at once.")

    def _with_own(self, measure: Measure) -> bool:
        """`customers.discount times amount`: counted once for each row of this table."""
        other = measure.calc.column if measure.calc is not None and measure.by_row else None
        return other is not None and not self.draft.table.field(other).source

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
