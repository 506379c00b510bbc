"""From a draft to a plan, or to the reason why it is none. Nothing is guessed: what can be meant
in two ways is asked back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from data_agent.asking.begin import begin
from data_agent.asking.beside import sides
from data_agent.asking.counting import apart, each_alone, named_only, things_counted
from data_agent.asking.draft import Draft, Problem
from data_agent.asking.grouping import is_amount
from data_agent.asking.groups import within
from data_agent.asking.leftovers import leftovers
from data_agent.asking.lexicon import Lexicon
from data_agent.asking.occasions import rows_with
from data_agent.asking.plan import Function, Group, Measure, Order, Plan
from data_agent.asking.ranked import item_of_value
from data_agent.asking.schema import Field
from data_agent.asking.special import conditions_on_groups, groups_over, shown, study
from data_agent.asking.summing import Sums, function_word, is_additive


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


class _Builder:
    """Decides measure, group, order and limit of one draft; its steps are the table in `plan`."""

    def __init__(self, draft: Draft, lexicon: Lexicon) -> None:
        self.draft, self.lexicon = draft, lexicon
        self._sums = Sums(draft, lexicon)
        self.used = self._sums.used

    def plan(self) -> Plan:
        draft = self.draft
        plan = begin(self.draft)
        if draft.study is not None:
            plan = study(draft, plan)
            self.used.update(plan.columns())
            return plan
        for step in self._steps():
            done = step(plan)
            if done is not None:
                plan = done
                break
        else:
            self._nothing_asked()
        plan = conditions_on_groups(draft, plan)
        self._sums.average_of_groups(plan)
        self._sums.both_signs(plan)
        plan = apart(draft, things_counted(draft, named_only(draft, plan)))
        plan = rows_with(draft, plan)
        plan = shown(draft, plan)
        leftovers(draft, plan, self.used)
        self._sums.from_elsewhere(plan)
        self._sums.named_tables(plan)
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
            self._aggregates_alone,
            self._groups_over,
            self._mentioned,
            self._rows_by_group,
            self._part_of_rows,
            self._values_of_column,
            self._rows,
        )

    def _said(self, plan: Plan) -> Plan | None:
        """`average price`, `how many orders`, `number of orders and revenue`."""
        function, field = self.draft.function, self.draft.measure
        if function is not None and field is None and function != "count":
            field = next((other for _, other in self.draft.more if other is not None), None)
        if function is None or (field is None and function != "count"):
            return None
        wanted = [(function, field), *((f, other or field) for f, other in self.draft.more)]
        if any(column is None and name != "count" for name, column in wanted):
            self.draft.problem("A number of what? Name a column.")
        measures: list[Measure] = []
        for name, column in wanted:
            if column is not None and name != "count":
                self._sums.check(name, column, self.draft.calc if not measures else None)
            measures.append(Measure(name, column.name if column and name != "count" else None))
        if draft_calc := self.draft.calc:
            measures[0] = replace(measures[0], calc=draft_calc)
            self.used |= {draft_calc.column} if draft_calc.column else set()
        measures += self._beside()
        unique = list(dict.fromkeys(measures))
        return self._limited(replace(plan, measure=unique[0], further=tuple(unique[1:])))

    def _beside(self) -> list[Measure]:
        """`number of orders and revenue`: amounts that stand alone are added up."""
        return [
            Measure("sum", field.name)
            for field in self.draft.mentions
            if field.name not in self.used
            and is_additive(field, self.lexicon)
            and is_amount(field, self.draft)
            and not self.used.add(field.name)  # type: ignore[func-returns-value]
        ]

    def _ranked(self, plan: Plan) -> Plan | None:
        """`top 5 cities by revenue`, `top 5 orders by amount`, `top 5 cities by orders`."""
        draft, field = self.draft, self.draft.ranked_by
        if draft.counts_rows:
            return self._limited(replace(plan, measure=Measure("count")))
        if field is None:
            return None
        item = item_of_value(draft, plan, field, self.lexicon) if plan.group is None else None
        if item is not None:
            plan = replace(plan, group=Group(item.name))
        elif plan.group is None and draft.extreme is not None:
            return self._top_rows(plan, field)
        return self._limited(replace(plan, measure=self._sums.sum_of(field)))

    def _extreme_of_field(self, plan: Plan) -> Plan | None:
        """`highest amount`, `which city has the highest amount`, `5 largest amounts`."""
        draft, field = self.draft, self.draft.extreme_field
        if field is None or draft.extreme is None:
            return None
        if plan.group is None and (draft.extreme.count or draft.lists or draft.noun_first):
            return self._top_rows(plan, field)
        by_one = bool(draft.which or draft.which_bucket)
        if by_one and draft.function in {"avg", "median"} and draft.measure is None:
            return self._limited(replace(plan, measure=Measure(draft.function, field.name)))
        if by_one and is_additive(field, self.lexicon):
            word = draft.extreme.word
            if not any(note.startswith(f'"{word}"') for note in draft.notes):
                draft.notes.append(f'"{word} {field.name}" was read as {word} total {field.name}.')
            return self._limited(replace(plan, measure=Measure("sum", field.name)))
        if by_one:
            self._sums.of_ratings(field)
        function: Function = "max" if draft.extreme.direction == "desc" else "min"
        measured = replace(plan, measure=Measure(function, field.name))
        return self._limited(measured) if by_one or draft.extreme.count else measured

    def _extreme_rows(self, plan: Plan) -> Plan | None:
        """`which customer has the most orders`."""
        draft = self.draft
        if not draft.extreme_rows or draft.extreme is None:
            return None
        if plan.group is not None and not each_alone(draft, plan.group):
            return self._limited(replace(plan, measure=Measure("count")))
        self._sums.by_what(f"{draft.extreme.word} {draft.extreme.count or ''} {draft.table.name}")
        return plan

    def _extreme_group(self, plan: Plan) -> Plan | None:
        """`top 5 cities` does not say by what, unless a column stands elsewhere."""
        draft = self.draft
        if draft.extreme is None or plan.group is None or draft.function is not None:
            return None
        numbers = [field for field in draft.mentions if is_amount(field, draft)]
        if len(numbers) == 1:
            return self._limited(replace(plan, measure=self._sums.sum_of(numbers[0])))
        if draft.rows:
            return self._limited(replace(plan, measure=Measure("count")))
        count = draft.extreme.count or ""
        self._sums.by_what(f"{draft.extreme.word} {count} {plan.group.column}")
        return plan

    def _function_alone(self, plan: Plan) -> Plan | None:
        """`revenue in total`, `average` with the column elsewhere, `total expenses`."""
        draft, function = self.draft, self.draft.function
        if function is None:
            return None
        numbers = list(dict.fromkeys(f for f in draft.mentions if is_amount(f, draft)))
        amounts = self._sums.measurable()
        if len(numbers) == 1:
            self._sums.check(function, numbers[0])
            return self._limited(replace(plan, measure=Measure(function, numbers[0].name)))
        said = draft.rows or draft.groups or draft.bucket
        if said and not numbers and len(amounts) == 1:
            word = function_word(function)
            draft.notes.append(f"The {word} is of {amounts[0].name}, the one amount of the table.")
            return self._limited(replace(plan, measure=Measure(function, amounts[0].name)))
        word = function_word(function)
        draft.problem(f"The {word} of what?", *(f"{word} {f.name}" for f in amounts))
        return plan

    def _aggregates_alone(self, plan: Plan) -> Plan | None:
        """`cities with more than 5 orders`: the number is the one of the condition."""
        return plan if self.draft.aggregates else None

    def _groups_over(self, plan: Plan) -> Plan | None:
        return groups_over(self.draft, plan, self.lexicon)

    def _mentioned(self, plan: Plan) -> Plan | None:
        """`revenue by city`: a number alone is added up if that means something."""
        draft = self.draft
        numbers = list(dict.fromkeys(f for f in draft.mentions if is_amount(f, draft)))
        if not numbers or draft.lists:
            return None
        measures = [self._sums.sum_of(field) for field in numbers]
        return self._limited(replace(plan, measure=measures[0], further=tuple(measures[1:])))

    def _part_of_rows(self, plan: Plan) -> Plan | None:
        """`percentage of orders that are online`."""
        return replace(plan, measure=Measure("count")) if self.draft.show == "share" else None

    def _rows_by_group(self, plan: Plan) -> Plan | None:
        """`orders by city` counts the rows; `customers by city` could be two things."""
        draft = self.draft
        if plan.group is None or (draft.which and draft.lists):
            return None
        texts = [f for f in draft.mentions if f.name not in {g.column for g in plan.groups}]
        if draft.compares and not draft.rows and len(self._sums.measurable()) != 1:
            draft.problem("Compare by which number?", *self._sums.totals())
            return plan
        amounts = self._sums.measurable()
        asks_amount = not (texts or draft.rows or draft.which) and len(amounts) == 1
        by = f"by {plan.group.bucket or plan.group.column}"
        if asks_amount and plan.filters:
            draft.problem(
                f"The number of rows, or the total {amounts[0].name}?",
                f"number of rows {by}",
                f"total {amounts[0].name} {by}",
            )
        if texts and not draft.rows and texts[0].name in draft.occasional:
            return self._limited(replace(plan, measure=self._sums.sum_of(texts[0])))
        if texts and not draft.rows:
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
        if draft.rows or len(texts) != 1 or draft.fragment:
            return None
        self.used.add(texts[0].name)
        if plan.conditions() and each_alone(draft, Group(texts[0].name)):
            return plan  # `units with 3 rooms` are rows
        return replace(plan, measure=Measure("count"), group=Group(texts[0].name))

    def _rows(self, plan: Plan) -> Plan | None:
        """`orders over 100`, `list all orders`, `Cologne`."""
        draft = self.draft
        if not (draft.lists or draft.rows or plan.conditions() or plan.members):
            return None
        count = draft.extreme.count if draft.extreme else None
        return replace(plan, limit=count)

    def _top_rows(self, plan: Plan, field: Field) -> Plan:
        extreme = self.draft.extreme
        direction = extreme.direction if extreme else "desc"
        count = (extreme.count if extreme else None) or 1
        return replace(plan, order=Order(field.name, direction), limit=count)

    def _limited(self, plan: Plan) -> Plan:
        """The extreme's direction and number for a grouped measure; `which` means one, or all of
        those that were named, the best first."""
        draft = self.draft
        if draft.extreme is None or plan.group is None:
            return plan
        one = (len(sides(plan, draft.table)) or 1) if draft.which or draft.which_bucket else None
        order, limit = Order(None, draft.extreme.direction), draft.extreme.count or one
        return within(draft, replace(plan, order=order, limit=limit))

    def _ordered(self, plan: Plan) -> Plan:
        if self.draft.order is None:
            return plan
        field, direction = self.draft.order
        if plan.measure is None:
            return replace(plan, order=Order(field.name, direction)) if field else plan
        is_group = field is not None and plan.group is not None and field.name == plan.group.column
        return replace(plan, order=Order(field.name if field and is_group else None, direction))

    def _nothing_asked(self) -> None:
        draft = self.draft
        if not draft.problems:
            draft.problem("It is not clear what is asked for: a number, or a list of rows?")
