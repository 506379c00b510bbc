"""Types that rows may be added to: numbers widen exactly, everything else has to be the same."""

from __future__ import annotations

from decimal import Decimal

import pytest
from data_agent.importing.append import common_type, fit
from data_agent.values import Column
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("table", "file", "common"),
    [
        ("BIGINT", "BIGINT", "BIGINT"),
        ("BIGINT", "DECIMAL(18,2)", "DECIMAL(38,2)"),
        ("DECIMAL(18,2)", "DECIMAL(18,4)", "DECIMAL(38,4)"),
        ("DECIMAL(38,6)", "DECIMAL(38,0)", None),
        ("DOUBLE", "BIGINT", "DOUBLE"),
        ("BIGINT", "DOUBLE", None),
        ("VARCHAR", "DATE", "VARCHAR"),
        ("DATE", "VARCHAR", None),
        ("TIMESTAMP", "DATE", "TIMESTAMP"),
        ("DATE", "TIMESTAMP", None),
        ("BOOLEAN", "BIGINT", None),
    ],
)
def test_common_types(table: str, file: str, common: str | None) -> None:
    assert common_type(table, file) == common


def test_every_difference_is_named() -> None:
    table = [Column("Day", "DATE"), Column("amount", "BIGINT"), Column("city", "VARCHAR")]
    file = [Column("day", "VARCHAR"), Column("Amount", "DECIMAL(18,2)"), Column("town", "VARCHAR")]
    found = fit(table, file, {column.name: True for column in file})
    assert found.reasons == (
        "the table has no column “town”",
        "“Day” is a date in the table and text in the file",
        "the file has no column “city”",
    )
    empty = fit(table[:1], file[:1], {"day": False})
    assert (empty.reasons, empty.targets[0].type) == ((), "DATE")


DECIMALS = st.builds(
    lambda scale, digits: (max(digits, scale), scale), st.integers(0, 6), st.integers(1, 18)
)


@given(DECIMALS, DECIMALS)
def test_a_common_decimal_holds_the_largest_value_of_both(
    one: tuple[int, int], other: tuple[int, int]
) -> None:
    common = common_type(f"DECIMAL({one[0]},{one[1]})", f"DECIMAL({other[0]},{other[1]})")
    assert common is not None
    width, scale = map(int, common.removeprefix("DECIMAL(").removesuffix(")").split(","))
    for digits, places in (one, other):
        largest = Decimal(10**digits - 1).scaleb(-places)
        assert places <= scale
        assert largest < Decimal(10) ** (width - scale)
