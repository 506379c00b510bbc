"""One way in which text can be a number or a date, as pattern and as SQL.

A column gets a form's type only when every one of its values fits the form, over the whole file.
The SQL of a form gives NULL for a value that does not fit, so the same expression checks and loads.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

Family = Literal["integer", "number", "date", "timestamp", "boolean"]

# What exports write for "no value" in columns of numbers and dates. Text columns keep them.
MISSING = (
    "NA",
    "N/A",
    "n/a",
    "na",
    "#N/A",
    "NULL",
    "null",
    "None",
    "none",
    "NaN",
    "nan",
    "-",
    "--",
    "?",
)

TRUE_WORDS = "'yes', 'y', 'true', 't', '1', 'on', 'ja', 'oui'"
SPACE = "[ \u00a0\u2009\u202f]"
CURRENCY = (
    r"(?:[$€£¥₹₽₺₩₪฿]|USD|EUR|GBP|CHF|JPY|CNY|INR|CAD|AUD|NZD|SEK|NOK|DKK|PLN|CZK|HUF|BRL|ZAR"
    r"|US\$|Fr\.|kr\.?|zł|Kč)"
)


@dataclass(frozen=True)
class Form:
    """One way of writing values. `pattern` must fit a whole value, in Python's re and in RE2."""

    name: str
    family: Family
    pattern: str
    words: str  # for people: "whole numbers", "dates like 31.12.2024"
    group: str = ""  # numbers: characters between the thousands, as a class
    point: str = "."  # numbers: decimal sign
    strptime: str = ""  # dates: how DuckDB reads them; empty: by a cast
    order: str = ""  # dates that another order of the same digits could read: dmy, mdy
    decorated: bool = False  # numbers: currency, percent, parentheses, trailing minus
    zone: bool = False  # timestamps with an offset; kept as UTC

    def fits(self, text: str) -> bool:
        """Whether this value alone is written so (calendar not looked at)."""
        return self._compiled.fullmatch(text) is not None

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        return re.compile(self.pattern)

    def sql(self, value: str, number_type: str = "DOUBLE") -> str:
        """SQL of the typed value of the text expression `value`; NULL where it does not fit."""
        pattern = self.pattern.replace("'", "''")
        typed = self.typed_sql(value, number_type)
        return f"CASE WHEN regexp_full_match({value}, '{pattern}') THEN {typed} END"

    def typed_sql(self, value: str, number_type: str = "DOUBLE") -> str:
        """The same for a value that is known to fit the pattern."""
        if self.family == "boolean":
            return f"lower({value}) IN ({TRUE_WORDS})"
        if self.family == "integer":
            return f"TRY_CAST({self.digits(value)} AS BIGINT)"
        if self.family == "number":
            return f"TRY_CAST({self.digits(value)} AS {number_type})"
        kind = "DATE" if self.family == "date" else "TIMESTAMP"
        if self.zone:
            return f"TRY_CAST(timezone('UTC', TRY_CAST({value} AS TIMESTAMPTZ)) AS TIMESTAMP)"
        if self.strptime:
            return f"TRY_CAST(try_strptime({value}, '{self.strptime}') AS {kind})"
        return f"TRY_CAST({value} AS {kind})"

    def digits(self, value: str) -> str:
        """SQL of the number in `value` as plain text: sign, digits, decimal point."""
        if not self.decorated:
            return self._plain_digits(value)
        bare = f"regexp_replace({value}, '[^0-9.,]|Fr\\.|kr\\.', '', 'g')"
        negative = f"regexp_matches({value}, '[-−(]')"
        return f"CASE WHEN {negative} THEN '-' ELSE '' END || {self._plain_digits(bare)}"

    def _plain_digits(self, value: str) -> str:
        for char in self.group.strip("[]").replace("\\", ""):
            value = f"replace({value}, '{char.replace(chr(39), chr(39) * 2)}', '')"
        return f"replace({value}, ',', '.')" if self.point == "," else value
