"""From a draft to a plan, or to the reason why it is none. Nothing is guessed: what can be meant
in two ways is asked back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from data_agent.asking.draft import Draft, Problem
from data_agent.asking.groups import group_of, merged_filters
from data_agent.asking.lexicon import Lexicon
from data_agent.asking.plan import Function, Group, Measure, Order, Plan
from data_agent.asking.schema import Field
from data_agent.asking.text import stems

LIST_LIMIT = 1000
NEEDS_NUMBER = {"sum", "avg", "median"}


@dataclass(frozen=True)
class Completed:
    """Either a plan, or at least one problem."""

    plan: Plan | None
    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()


def complete(draft: Draft, lexicon: Lexicon) -> Completed:
    """The plan of a whole question."""
    builder = _Builder(draft, lexicon)
    plan = builder.plan()
    problems = tuple(draft.problems)
    return Completed(None if problems else plan, problems, tuple(draft.notes))


def is_additive(field: Field, lexicon: Lexicon) -> bool:
    """Whether adding up the values of this number means something: amounts yes, prices no."""
    return field.kind == "number" and not set(stems(field.name)) & lexicon.non_additive


class _Builder:
    """Decides measure, group, order and limit of one draft; its steps are the table in `plan`."""

    def __init__(self, draft: Draft, lexicon: Lexicon) -> None:
        self.draft, self.lexicon = draft, lexicon
        self.used: set[str] = set()

    def plan(self) -> Plan:
        draft = self.draft
        group = group_of(draft)
        plan = Plan(draft.table.name, None, merged_filters(draft.filters), group)
        for step in self._steps():
            done = step(plan)
            if done is not None:
                plan = done
                break
        else:
            self._nothing_asked()
        self._leftovers(plan)
        return self._ordered(plan)

    def _steps(self) -> tuple[Callable[[Plan], Plan | None], ...]:
        """The ways to know what is to be computed, the surest first."""
        return (
            self._said,
            self._ranked,
            self._extreme_of_field,
            self._extreme_rows,
            self._extreme_group,
            self._function_alone,
            self._mentioned,
            self._rows_by_group,
            self._values_of_column,
            self._rows,
        )

    def _said(self, plan: Plan) -> Plan | None:
        """`average price`, `how many orders`."""
        function, field = self.draft.function, self.draft.measure
        if function == "count":
            return self._limited(replace(plan, measure=Measure("count")))
        if function is None or field is None:
            return None
        self._check(function, field)
        return self._limited(replace(plan, measure=Measure(function, field.name)))

    def _ranked(self, plan: Plan) -> Plan | None:
        """`top 5 cities by revenue`, `top 5 orders by amount`, `top 5 cities by orders`."""
        draft, field = self.draft, self.draft.ranked_by
        if draft.counts_rows:
            return self._limited(replace(plan, measure=Measure("count")))
        if field is None:
            return None
        if plan.group is None and draft.extreme is not None:
            return self._top_rows(plan, field)
        return self._limited(replace(plan, measure=self._sum_of(field)))

    def _extreme_of_field(self, plan: Plan) -> Plan | None:
        """`highest amount`, `which city has the highest amount`, `5 largest amounts`."""
        draft, field = self.draft, self.draft.extreme_field
        if field is None or draft.extreme is None:
            return None
        if plan.group is None and (draft.extreme.count is not None or draft.lists):
            return self._top_rows(plan, field)
        by_one = bool(draft.which or draft.which_bucket)
        if by_one and is_additive(field, self.lexicon):
            word = draft.extreme.word
            draft.notes.append(f'"{word} {field.name}" was read as {word} total {field.name}.')
            return self._limited(replace(plan, measure=Measure("sum", field.name)))
        function: Function = "max" if draft.extreme.direction == "desc" else "min"
        measured = replace(plan, measure=Measure(function, field.name))
        return self._limited(measured) if by_one or draft.extreme.count else measured

    def _extreme_rows(self, plan: Plan) -> Plan | None:
        """`which customer has the most orders`."""
        draft = self.draft
        if not draft.extreme_rows or draft.extreme is None:
            return None
        if plan.group is not None:
            return self._limited(replace(plan, measure=Measure("count")))
        self._by_what(f"{draft.extreme.word} {draft.extreme.count or ''} {draft.table.name}")
        return plan

    def _extreme_group(self, plan: Plan) -> Plan | None:
        """`top 5 cities` does not say by what, unless a column stands elsewhere."""
        draft = self.draft
        if draft.extreme is None or plan.group is None or draft.function is not None:
            return None
        numbers = [field for field in draft.mentions if field.kind == "number"]
        if len(numbers) == 1:
            return self._limited(replace(plan, measure=self._sum_of(numbers[0])))
        if draft.rows:
            return self._limited(replace(plan, measure=Measure("count")))
        count = draft.extreme.count or ""
        self._by_what(f"{draft.extreme.word} {count} {plan.group.column}")
        return plan

    def _function_alone(self, plan: Plan) -> Plan | None:
        """`revenue in total`, `average` with the column elsewhere."""
        draft, function = self.draft, self.draft.function
        if function is None:
            return None
        numbers = [field for field in draft.mentions if field.kind == "number"]
        if len(numbers) == 1:
            self.used.add(numbers[0].name)
            return self._limited(replace(plan, measure=Measure(function, numbers[0].name)))
        options = [f"{function_word(function)} {f.name}" for f in self._measurable()]
        draft.problem(f"The {function_word(function)} of what? Name one column.", *options)
        return plan

    def _mentioned(self, plan: Plan) -> Plan | None:
        """`revenue by city`: a number alone is added up if that means something."""
        draft = self.draft
        numbers = [field for field in draft.mentions if field.kind == "number"]
        if not numbers or draft.lists:
            return None
        if len(numbers) > 1:
            names = " and ".join(field.name for field in numbers)
            draft.problem(f"Only one number at a time, not {names}.")
            return plan
        return self._limited(replace(plan, measure=self._sum_of(numbers[0])))

    def _rows_by_group(self, plan: Plan) -> Plan | None:
        """`orders by city` counts the rows; `customers by city` could be two things."""
        draft = self.draft
        if plan.group is None or (draft.which and draft.lists):
            return None
        texts = [f for f in draft.mentions if f.name != plan.group.column]
        if texts and not draft.rows:
            by = f"by {plan.group.bucket or plan.group.column}"
            draft.problem(
                f"Should {texts[0].name} be counted {by}, or rows?",
                f"number of different {texts[0].name} {by}",
                f"number of rows {by}",
            )
            return plan
        return self._limited(replace(plan, measure=Measure("count")))

    def _values_of_column(self, plan: Plan) -> Plan | None:
        """`list the cities`, `which cities are there`: each value with its number of rows."""
        draft = self.draft
        texts = [field for field in draft.mentions if field.kind == "text"]
        if draft.rows or len(texts) != 1 or not (draft.lists or draft.which):
            return None
        self.used.add(texts[0].name)
        return replace(plan, measure=Measure("count"), group=Group(texts[0].name))

    def _rows(self, plan: Plan) -> Plan | None:
        """`orders over 100`, `list all orders`, `Cologne`."""
        draft = self.draft
        if not (draft.lists or draft.rows or plan.filters):
            return None
        count = draft.extreme.count if draft.extreme else None
        return replace(plan, limit=count)

    def _top_rows(self, plan: Plan, field: Field) -> Plan:
        extreme = self.draft.extreme
        direction = extreme.direction if extreme else "desc"
        count = (extreme.count if extreme else None) or 1
        return replace(plan, order=Order(field.name, direction), limit=count)

    def _limited(self, plan: Plan) -> Plan:
        """The extreme's direction and number for a grouped measure; `which` alone means one."""
        draft = self.draft
        if draft.extreme is None or plan.group is None:
            return plan
        one = 1 if draft.which or draft.which_bucket else None
        return replace(
            plan, order=Order(None, draft.extreme.direction), limit=draft.extreme.count or one
        )

    def _ordered(self, plan: Plan) -> Plan:
        if self.draft.order is None:
            return plan
        field, direction = self.draft.order
        if plan.measure is None:
            return replace(plan, order=Order(field.name, direction)) if field else plan
        is_group = field is not None and plan.group is not None and field.name == plan.group.column
        return replace(plan, order=Order(field.name if field and is_group else None, direction))

    def _sum_of(self, field: Field) -> Measure:
        self.used.add(field.name)
        if not is_additive(field, self.lexicon):
            self.draft.problem(
                f"Adding up {field.name} may mean nothing. Average, highest or total?",
                f"average {field.name}",
                f"highest {field.name}",
                f"total {field.name}",
            )
        return Measure("sum", field.name)

    def _check(self, function: Function, field: Field) -> None:
        self.used.add(field.name)
        if function in NEEDS_NUMBER and field.kind != "number":
            options = [f"{function_word(function)} {f.name}" for f in self._measurable()]
            self.draft.problem(
                f"{field.name} is no number, so it has no {function_word(function)}.",
                *options,
                f"number of different {field.name}",
            )

    def _by_what(self, start: str) -> None:
        words = " ".join(start.split())
        options = [f"{words} by total {field.name}" for field in self._measurable()]
        self.draft.problem(f"{words}: by what?", *options, f"{words} by number of rows")

    def _measurable(self) -> list[Field]:
        numbers = self.draft.table.of_kind("number")
        return [field for field in numbers if is_additive(field, self.lexicon)][:3]

    def _leftovers(self, plan: Plan) -> None:
        """A column that was named and plays no part is not silently left out."""
        known = self.used | {item.column for item in plan.filters}
        known |= {plan.group.column} if plan.group else set()
        known |= {plan.order.column} if plan.order and plan.order.column else set()
        left = [f.name for f in self.draft.mentions if f.name not in known and f.kind != "time"]
        listed = plan.measure is None and (self.draft.lists or self.draft.rows)
        if left and not listed and not self.draft.problems:
            self.draft.problem(
                f"What should be done with {left[0]}?",
                f"number of different {left[0]}",
                f"number of rows by {left[0]}",
                f"list rows of {plan.table}",
            )

    def _nothing_asked(self) -> None:
        draft = self.draft
        if not draft.problems:
            draft.problem("It is not clear what is asked for: a number, or a list of rows?")


def function_word(function: str) -> str:
    """The function's name in a question that is suggested."""
    return {"sum": "total", "avg": "average", "min": "lowest", "max": "highest"}.get(
        function, function
    )
