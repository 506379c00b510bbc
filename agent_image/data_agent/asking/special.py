"""From a draft to what is more than a number per group: studies, shares, growth, comparisons."""

from __future__ import annotations

from dataclasses import replace

from data_agent.asking.beside import sides
from data_agent.asking.counting import each_alone
from data_agent.asking.draft import Draft
from data_agent.asking.grouping import is_amount
from data_agent.asking.lexicon import Lexicon
from data_agent.asking.plan import Bucket, Filter, Group, Having, Measure, Plan, Study
from data_agent.asking.schema import Field
from data_agent.asking.spellings import main_values
from data_agent.asking.sql import is_timely
from data_agent.asking.summing import beyond, is_additive
from data_agent.asking.times import bucket_of
from data_agent.asking.words import filter_words

DEFAULT_STEP: Bucket = "month"


def study(draft: Draft, plan: Plan) -> Plan:
    """The plan of `draft.study`, or a problem of the draft."""
    named = list(dict.fromkeys([*draft.mentions, *([draft.measure] if draft.measure else [])]))
    numbers = [field for field in named if field.kind == "number"]
    kind = draft.study
    if plan.group is not None and kind != "distribution":
        draft.problem(f"{str(kind).capitalize()} cannot be asked for in groups.")
    if kind == "missing":
        return replace(plan, group=None, study=Study("missing", tuple(f.name for f in named)))
    if kind == "duplicates":
        return _duplicates(plan, named)
    if kind == "correlation":
        return _correlation(draft, plan, numbers)
    if kind == "distribution" and len(named) == 1 and named[0].kind != "number":
        bucket: Bucket | None = "month" if named[0].kind == "time" else None
        return replace(plan, measure=Measure("count"), group=Group(named[0].name, bucket))
    if len(numbers) != 1 or numbers[0].name in draft.identifiers:
        options = [f for f in draft.table.of_kind("number") if f.name not in draft.identifiers]
        word = "distribution" if kind == "distribution" else "outliers"
        draft.problem(f"The {word} of what? Name one column of numbers.",
                      *(f"{word} of {field.name}" for field in options[:4]))  # fmt: skip
        return plan
    if kind == "outliers":
        draft.notes.append(
            "Outliers here: more than 1.5 times the width of the middle half of all values "
            "below or above it (Tukey's rule)."
        )
        return replace(plan, study=Study("outliers", (numbers[0].name,)))
    return replace(plan, study=Study("distribution", (numbers[0].name,)))


def shared(draft: Draft, plan: Plan) -> Plan:
    """A plan with its share in per cent; of what part, where there are no groups."""
    measure = plan.measure or Measure("count")
    divided = measure.calc is not None and not measure.by_row
    if measure.function not in {"sum", "count"} or divided or plan.further or plan.having:
        draft.problem("A share is of one total or of the number of rows.")
    if plan.group is not None:
        parts = [f for f in plan.filters if not _is_period(draft, f)]
        part = [filter_words(f, draft.table) for f in parts if draft.rows or not _filled(draft, f)]
        if part:
            draft.problem(
                f"How rows where {' and '.join(part)} are shared out, or their share within each "
                f"group? Only the first can be answered: leave one of the two out."
            )
        return replace(plan, measure=measure, show="share")
    parts = [item for item in plan.filters if not _is_period(draft, item)]
    columns = tuple(dict.fromkeys(item.column for item in parts))
    if len(columns) != 1:
        texts = [field.name for field in draft.table.of_kind("text") if field.values][:3]
        what = draft.table.name if measure.column is None else measure.column
        draft.problem(
            "The share of what? Say by which column, or name one part.",
            *(f"share of {what} by {name}" for name in texts),
        )
    return replace(plan, measure=measure, show="share", part=columns)


def step_of(draft: Draft) -> None:
    """Growth needs periods: those that were said, or months."""
    fields = [*draft.groups, *draft.which]
    years = [field for field in fields if is_timely(Group(field.name), field)]
    if draft.growth_bucket is not None and draft.bucket is None:
        draft.bucket = None if years else draft.growth_bucket
    elif draft.bucket is None and _whole_years(draft):
        draft.bucket = "year"
    elif draft.bucket is None and not years and not any(f.kind == "time" for f in fields):
        draft.bucket = DEFAULT_STEP
        draft.notes.append(
            f"Growth was read as {DEFAULT_STEP} over {DEFAULT_STEP}; say for example "
            '"by quarter" or "year over year" for other periods.'
        )


def _whole_years(draft: Draft) -> bool:
    """`growth from 2023 to 2025`: years were said, and more than one."""
    days = [str(v) for item in draft.filters if item.operator == "between" for v in item.values]
    first, last = (min(days), max(days)) if days else ("", "")
    return (
        first.endswith("-01-01") and last.endswith("-01-01") and int(last[:4]) > int(first[:4]) + 1
    )


def shown(draft: Draft, plan: Plan) -> Plan:
    """What was asked to be shown beside the numbers: shares, growth, the difference of two."""
    if draft.show == "share":
        if plan.either or plan.members:
            draft.problem("A share is of conditions that all hold. Ask for one of them.")
        return shared(draft, plan)
    if draft.show == "growth":
        return grown(draft, plan)
    two = draft.compares and _two_groups(draft, plan)
    if draft.differs and not two:
        draft.problem(
            "A difference is between two values of one column, or two periods, and of one number: "
            "name both, and the number."
        )
    return replace(plan, show="difference") if two else plan


def _two_groups(draft: Draft, plan: Plan) -> bool:
    """One number of two groups and no more: they can be set against each other."""
    group = plan.group
    if group is None or plan.measure is None or plan.limit is not None or len(plan.groups) > 1:
        return False
    if plan.further or plan.having:
        return False
    if group.bucket is None:
        return len(sides(plan, draft.table)) == 2 and draft.table.field(group.column).kind != "time"
    return any(
        item.column == group.column and item.operator == "periods" and len(item.values) == 4
        for item in plan.filters
    )


def grown(draft: Draft, plan: Plan) -> Plan:
    """A plan with the change against the period before."""
    timely = any(is_timely(group, draft.table.field(group.column)) for group in plan.groups)
    if plan.measure is None or not timely or plan.further:
        draft.problem("Growth is of one number over time: for example growth of a total by month.")
        return plan
    if any(group.bucket in {"weekday", "hour"} for group in plan.groups):
        draft.problem("Growth needs periods that follow each other, such as months.")
    return replace(plan, show="growth", order=None, limit=None)


def compared(draft: Draft, filters: tuple[Filter, ...]) -> tuple[tuple[Filter, ...], Group | None]:
    """What is set side by side: the values of one column, or periods. The filters, and the key."""
    spans = [item for item in filters if item.operator == "between" and _is_time(draft, item)]
    if len(spans) == 2 and spans[0].column == spans[1].column:
        both = Filter(spans[0].column, "periods", (*spans[0].values, *spans[1].values))
        buckets = {bucket_of(str(item.values[0]), str(item.values[1])) for item in spans}
        bucket = buckets.pop() if len(buckets) == 1 else None
        if bucket is None:
            draft.problem("Compare two periods of the same length, such as two months.")
        kept = tuple(item for item in filters if item not in spans)
        return (*kept, both), Group(both.column, bucket)
    said = [item for item in filters if item.operator == "periods"]
    if len(said) == 1:
        pairs = zip(said[0].values[::2], said[0].values[1::2], strict=True)
        buckets = {bucket_of(str(first), str(after)) for first, after in pairs}
        bucket = buckets.pop() if len(buckets) == 1 else None
        if bucket is None:
            draft.problem("Compare days, weeks, months, quarters or years, each with its like.")
        return filters, Group(said[0].column, bucket)
    several = [item for item in filters if item.operator == "in" and _is_several(draft, item)]
    if len(several) == 1:
        return filters, Group(several[0].column)
    draft.problem("Compare what with what? Name two values of one column, or two periods.")
    return filters, None


def _is_several(draft: Draft, item: Filter) -> bool:
    """`Germany` alone is one value, in however many spellings."""
    return len(main_values(draft.table.field(item.column), item.values)) > 1


def conditions_on_groups(draft: Draft, plan: Plan) -> Plan:
    """`with more than 5 orders` counts for groups; with no groups it is about the rows."""
    if not draft.aggregates:
        return plan
    if plan.group is None:
        return _on_rows(draft, plan)
    having = tuple(
        Having(
            Measure(item.function, item.field.name if item.field else None),
            item.operator,
            item.values,
        )
        for item in draft.aggregates
    )
    return replace(plan, measure=plan.measure or having[0].measure, having=having)


def groups_over(draft: Draft, plan: Plan, lexicon: Lexicon) -> Plan | None:
    """`cities with revenue over 100000` means their total where no row has as much; else it asks.

    None where nothing like it was said.
    """
    subject = [f for f in [*draft.mentions, *draft.which] if not is_amount(f, draft)]
    over = [item for item in plan.filters if _is_comparison(draft, item)]
    if len(subject) != 1 or len(over) != 1 or draft.rows or subject[0].kind == "time":
        return None
    group, field = Group(subject[0].name), draft.table.field(over[0].column)
    alone = over[0].other is not None and each_alone(draft, group)
    if alone or plan.group not in {None, group} or not is_additive(field, lexicon):
        return None
    if over[0].other is not None or not beyond(over[0], field):
        words = filter_words(over[0], draft.table).replace(" is ", " ")
        draft.problem(
            f"{words.capitalize()} in each row, or in total for each {subject[0].name}?",
            f"list rows with {words}",
            f"{subject[0].name} with total {words}",
        )
    measure = Measure("sum", field.name)
    draft.notes.append(
        f"{field.name} was read as the total {field.name} of each {subject[0].name}, "
        "for no row alone has as much."
    )
    having = Having(measure, over[0].operator, over[0].values)
    rest = tuple(item for item in plan.filters if item != over[0])
    return replace(plan, measure=measure, filters=rest, group=group, having=(having,))


def _is_comparison(draft: Draft, item: Filter) -> bool:
    compares = item.operator in {"gt", "ge", "lt", "le", "between"}
    return compares and is_amount(draft.table.field(item.column), draft)


def _on_rows(draft: Draft, plan: Plan) -> Plan:
    first = draft.aggregates[0]
    if first.field is None or len(draft.aggregates) > 1:
        draft.problem("A number of rows belongs to groups: say by which column.")
        return plan
    item = Filter(first.field.name, first.operator, first.values)
    return replace(
        plan, measure=Measure(first.function, first.field.name), filters=(*plan.filters, item)
    )


def _duplicates(plan: Plan, named: list[Field]) -> Plan:
    if len(named) != 1:
        return replace(plan, study=Study("duplicates", tuple(field.name for field in named)))
    count = Measure("count")
    return replace(
        plan, measure=count, group=Group(named[0].name), having=(Having(count, "gt", (1,)),),
        filters=(*plan.filters, Filter(named[0].name, "not_empty")),
    )  # fmt: skip


def _correlation(draft: Draft, plan: Plan, numbers: list[Field]) -> Plan:
    if len(numbers) != 2:
        every = [f.name for f in draft.table.of_kind("number") if f.name not in draft.identifiers]
        options = [f"correlation of {every[0]} and {other}" for other in every[1:4]]
        draft.problem("A correlation is of two columns of numbers.", *options)
        return plan
    return replace(plan, study=Study("correlation", (numbers[0].name, numbers[1].name)))


def _is_time(draft: Draft, item: Filter) -> bool:
    return draft.table.field(item.column).kind == "time"


def _filled(draft: Draft, item: Filter) -> bool:
    """`share of complaints by driver`: of the rows with a complaint."""
    return item.operator == "not_empty" and item.column in draft.occasional


def _is_period(draft: Draft, item: Filter) -> bool:
    field = draft.table.field(item.column)
    return field.kind == "time" or is_timely(Group(field.name), field)
