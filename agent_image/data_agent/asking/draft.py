"""What the rules of the grammar have found in a reading so far, before it is a plan."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from data_agent.asking.lexicon import Adjective
from data_agent.asking.plan import (
    Bucket,
    Calc,
    Direction,
    Filter,
    Function,
    Members,
    Operator,
    Scalar,
    Show,
    StudyKind,
)
from data_agent.asking.schema import Field, Table
from data_agent.asking.tags import Tag


@dataclass(frozen=True)
class Problem:
    """Why a reading is no plan yet. `suggestions` are questions that would be."""

    reason: str
    suggestions: tuple[str, ...] = ()
    unknown: str = ""
    firm: bool = False  # it stays, whatever else is not understood


@dataclass
class Extreme:
    """`top 5 …`, `highest …`: `count` None when no number was said."""

    direction: Direction
    count: int | None
    word: str


@dataclass(frozen=True)
class Aggregate:
    """`more than 5 orders` (no column: rows), `total revenue over 100`."""

    function: Function
    field: Field | None
    operator: Operator
    values: tuple[Scalar, ...]


@dataclass
class Draft:
    """Filled by grammar.py, read by complete.py."""

    table: Table
    identifiers: frozenset[str] = frozenset()  # columns whose numbers are names
    negatives: frozenset[str] = frozenset()  # words that say no in a column of yes and no
    ages: tuple[Field, ...] = ()  # what "oldest" may be about
    persons: tuple[Field, ...] = ()  # columns that "who" can be about
    additive: frozenset[str] = frozenset()  # columns whose values may be added up
    adjectives: Mapping[str, Adjective] = field(default_factory=dict)
    stocks: frozenset[str] = frozenset()  # words of columns that say how many there are
    occasional: frozenset[str] = frozenset()  # columns that say something of few rows
    function: Function | None = None
    measure: Field | None = None
    calc: Calc | None = None  # what the measure is calculated with
    averages_groups: bool = False  # `monthly average`, `per day on average`: of rows, or of sums?
    counts_rows: bool = False
    mentions: list[Field] = field(default_factory=list)
    filters: list[Filter] = field(default_factory=list)
    groups: list[Field] = field(default_factory=list)
    bucket: Bucket | None = None
    which: list[Field] = field(default_factory=list)
    which_bucket: bool = False
    extreme: Extreme | None = None
    extreme_field: Field | None = None
    extreme_value: Tag | None = None  # `top 3 wines`: a value of a column
    extreme_rows: bool = False
    noun_first: bool = False  # `member with the most visits`: the row itself is asked for
    extreme_group: Field | None = None  # `top 3 cities`
    ranked_by: Field | None = None
    order: tuple[Field | None, Direction] | None = None
    more: list[tuple[Function, Field | None]] = field(default_factory=list)  # further numbers
    aggregates: list[Aggregate] = field(default_factory=list)  # conditions on groups
    count: int | None = None  # `3 products with the highest price`: said far from "highest"
    show: Show | None = None
    growth_bucket: Bucket | None = None
    compares: bool = False
    differs: bool = False  # the difference of two was asked for in so many words
    either: list[Filter] = field(default_factory=list)  # one of them must hold
    either_after: int = 0  # conditions that were said before them
    either_end: int = -1  # the place behind the last of them
    condition_end: int = -1  # the place behind the last condition
    members: list[Members] = field(default_factory=list)
    study: StudyKind | None = None
    instead: set[str] = field(default_factory=set)  # columns that were named by another word
    used: list[Field] = field(default_factory=list)  # named, and shown with the rows
    different: bool = False  # `number of different …` was said
    thing: Field | None = None  # the column that its things are told apart by, where it was named
    things: bool = False  # the table's things were named, `orders`
    lines: bool = False  # its rows were, `rows`, `order lines`
    lists: bool = False
    rows: bool = False
    elsewhere: list[str] = field(default_factory=list)  # other tables named along the way
    fragment: bool = False  # a word such as "only" or "instead" says that it edits a question
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def problem(self, reason: str, *suggestions: str) -> None:
        self.problems.append(Problem(reason, suggestions))

    def rank(self, extreme: Extreme) -> None:
        """There is one ranking; a second one would take its place."""
        if self.extreme is not None:
            self.problem(
                f'"{self.extreme.word}" and "{extreme.word}" at once: ask for one of them.'
            )
        self.extreme = extreme

    def unknown(self, word: str) -> None:
        self.problems.append(Problem("", unknown=word))


class Cursor:
    """A place in a row of tags."""

    def __init__(self, tags: Sequence[Tag], today: dt.date | None = None) -> None:
        self.tags = tuple(tags)
        self.today = today
        self.place = 0

    @property
    def here(self) -> Tag | None:
        return self.at(self.place)

    def at(self, place: int) -> Tag | None:
        return self.tags[place] if 0 <= place < len(self.tags) else None

    def is_at(self, place: int, *kinds: str) -> bool:
        tag = self.at(place)
        return tag is not None and tag.kind in kinds

    def after_noise(self, place: int, *more: str) -> int:
        """The first place from here on that is not noise (nor of these kinds)."""
        while self.is_at(place, "noise", "to", *more):
            place += 1
        return place
