"""The typed plan of a question: what is asked, independent of words and of SQL."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from data_agent.asking.schema import Schema

Function = Literal["count", "sum", "avg", "min", "max", "median", "distinct"]
Operator = Literal[
    "eq", "ne", "gt", "ge", "lt", "le", "between", "in", "not_in",
    "contains", "not_contains", "starts", "empty", "not_empty", "month", "weekday", "periods",
    "not_month", "not_weekday", "not_periods", "no_row", "has_row",
]  # fmt: skip
Arithmetic = Literal["times", "plus", "minus", "per", "days_to", "hours_to"]
PerFunction = Literal["count", "distinct", "sum"]
Comparison = Literal["eq", "ne", "gt", "ge", "lt", "le", "between"]
Bucket = Literal["day", "week", "month", "quarter", "year", "weekday", "hour"]
Direction = Literal["asc", "desc"]
Show = Literal["share", "growth", "difference"]
StudyKind = Literal["distribution", "correlation", "duplicates", "outliers", "missing"]
Scalar = str | int | float


class PlanError(ValueError):
    """This JSON is no plan for these tables."""


@dataclass(frozen=True)
class Calc:
    """What a measure's column is calculated with.

    `times`, `plus` and `minus` are with another column of numbers, row by row, before the measure's
    function is taken. `days_to` and `hours_to` are the time from the measure's date to the other
    one. `per` divides the measure by a number of its own: function `count` with no
    column for the rows, `distinct` for the different values of a column (of its days, months and
    so on with a `bucket`), `sum` for the total of a column.
    """

    operator: Arithmetic
    column: str | None = None
    function: Function | None = field(default=None, metadata={"words": PerFunction})
    bucket: Bucket | None = None


@dataclass(frozen=True)
class Measure:
    """A number to compute. `column` None: rows are counted, which is what `count` does."""

    function: Function
    column: str | None = None
    calc: Calc | None = None

    @property
    def by_row(self) -> bool:
        """Whether it calculates in each row, before anything is put together."""
        return self.calc is not None and self.calc.operator != "per"


@dataclass(frozen=True)
class Filter:
    """A condition on one column; all filters of a plan must hold.

    `between` on a time column means from the first to before the second (a half-open period);
    `periods` are several of these, one after the other, of which one must hold.
    `month` compares the month of any year, 1 to 12, `weekday` the day of the week, 1 for Monday
    to 7, each with any of its values. `empty` and `not_empty` have no values,
    `between` two, `in`, `not_in`, `month` and `weekday` one or more, every other operator one.
    `not_month`, `not_weekday` and `not_periods` are the opposites, with the same values.
    `no_row` and `has_row` say whether another table names this row: its name and its column.
    With `other` the column is compared with that column of the same row, and there are no values:
    `eq`, `ne`, and between numbers or dates `gt`, `ge`, `lt` and `le`.
    """

    column: str
    operator: Operator
    values: tuple[Scalar, ...] = ()
    other: str | None = None


@dataclass(frozen=True)
class Members:
    """Rows whose value of `column` stands in some row (`has`), or in none, for which all of
    `filters` hold: "customers who never bought a pen". With `table` they are rows of that other
    table, whose column `key` names the value.
    """

    column: str
    has: bool
    filters: tuple[Filter, ...] = ()
    table: str | None = None
    key: str | None = None


@dataclass(frozen=True)
class Group:
    """One group per value of `column`; for a time column, per `bucket` of time.

    Spellings that differ only in capitals or outer spaces are one group, unless kept `apart`.
    """

    column: str
    bucket: Bucket | None = None
    apart: bool = False


@dataclass(frozen=True)
class Order:
    """`column` None: by the measure."""

    column: str | None
    direction: Direction


@dataclass(frozen=True)
class Having:
    """A condition on a group's number (that of `measure`, which need not be shown)."""

    measure: Measure
    operator: Operator = field(metadata={"words": Comparison})
    values: tuple[Scalar, ...]


@dataclass(frozen=True)
class Study:
    """Something that is no number per group.

    distribution: how many rows per range of one column of numbers
    correlation:  Pearson's coefficient of two columns of numbers
    duplicates:   rows that stand there more than once, in all columns
    outliers:     rows far outside of one column's middle half
    missing:      empty cells per column; of all columns when none is named
    """

    kind: StudyKind
    columns: tuple[str, ...] = ()


@dataclass(frozen=True)
class Plan:
    """`measure` None: the rows themselves are listed, unless there is a `study`.

    `further` measures stand beside the first. `second` groups within `group`. `show` adds the
    share of the whole in per cent, or the change against the period before. With `show` share and
    no group, the filters on the columns of `part` say what the share is of, the others of what.
    With `within` the `limit` is for each value of `second`: the top 3 of `group` in each of them.
    Of the conditions in `either` at least one must hold, beside all of `filters` and `members`.
    `show` difference sets two groups side by side, each with what it is more than the other.
    Columns of other tables, `customers.country`, are reached over an evident key.
    """

    table: str
    measure: Measure | None
    filters: tuple[Filter, ...] = ()
    group: Group | None = None
    order: Order | None = None
    limit: int | None = None
    further: tuple[Measure, ...] = ()
    second: Group | None = None
    having: tuple[Having, ...] = ()
    show: Show | None = None
    part: tuple[str, ...] = ()
    within: bool = False
    study: Study | None = None
    either: tuple[Filter, ...] = ()
    members: tuple[Members, ...] = ()

    @property
    def measures(self) -> tuple[Measure, ...]:
        """The first and the further ones."""
        return (self.measure, *self.further) if self.measure else ()

    @property
    def groups(self) -> tuple[Group, ...]:
        return tuple(group for group in (self.group, self.second) if group is not None)

    def to_json(self) -> dict[str, object]:
        """The first six keys always; the later ones where they say something."""
        every = asdict(self, dict_factory=_without_nothing)
        return {key: value for key, value in every.items() if key in _ALWAYS or value}

    def conditions(self) -> tuple[Filter, ...]:
        """Every condition on a column of this table, wherever it stands."""
        inner = (one for item in self.members if item.table is None for one in item.filters)
        return (*self.filters, *self.either, *inner)

    def columns(self) -> tuple[str, ...]:
        """Every column that takes part, once."""
        found = [name for item in self.conditions() for name in (item.column, item.other) if name]
        found += [item.column for item in self.members]
        measures = [*self.measures, *(item.measure for item in self.having)]
        found += [measure.column for measure in measures if measure.column]
        found += [m.calc.column for m in measures if m.calc and m.calc.column]
        found += [group.column for group in self.groups]
        found += [self.order.column] if self.order and self.order.column else []
        found += self.study.columns if self.study else ()
        return tuple(dict.fromkeys(found))


def _without_nothing(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A measure that calculates nothing is written as it always was, and so is a condition."""
    return {key: value for key, value in pairs if key not in _SAID_ONLY or value}


_SAID_ONLY = ("calc", "other", "table", "key", "apart")
_ALWAYS = ("table", "measure", "filters", "group", "order", "limit")


def from_json(value: Mapping[str, Any], schema: Schema) -> Plan:
    """The plan that this JSON says, checked against the tables there are now. PlanError."""
    from data_agent.asking.plan_json import read_plan  # it needs the classes above

    return read_plan(value, schema)
