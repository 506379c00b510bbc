"""The ways in which text can be a number or a date: one Form each, as pattern and as SQL.

A column gets a form's type only when every one of its values fits the form, over the whole file.
The SQL of a form gives NULL for a value that does not fit, so the same expression checks and loads.
Booleans have no form on purpose: Yes/No and 1/0 stay what they are.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Family = Literal["integer", "number", "date", "timestamp"]

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
        return re.fullmatch(self.pattern, text) is not None

    def sql(self, value: str, number_type: str = "DOUBLE") -> str:
        """SQL of the typed value of the text expression `value`; NULL where it does not fit."""
        pattern = self.pattern.replace("'", "''")
        typed = self.typed_sql(value, number_type)
        return f"CASE WHEN regexp_full_match({value}, '{pattern}') THEN {typed} END"

    def typed_sql(self, value: str, number_type: str = "DOUBLE") -> str:
        """The same for a value that is known to fit the pattern."""
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
        if self.group:
            value = (
                f"regexp_replace({value}, '{self.group.replace(chr(39), chr(39) * 2)}', '', 'g')"
            )
        return f"replace({value}, ',', '.')" if self.point == "," else value


WHOLE = "(?:0|[1-9][0-9]{0,17})"
ANY_DIGITS = "(?:0|[1-9][0-9]*)"


def _number(
    name: str, body: str, words: str, group: str = "", point: str = "."
) -> tuple[Form, Form]:
    """The plain form and the one with currency, percent, parentheses or a trailing minus.

    A plus counts only before decimals (+12.50): +4915112345678 is a telephone number.
    """
    gain = f"\\+[0-9., '’\u00a0\u2009\u202f]*[{point}][0-9]{{1,2}}"
    body = f"(?:{body}|{gain})"
    plain = Form(name, "number", f"-?{body}", words, group, point)
    sign = "[-−]?"
    before, after = f"(?:{CURRENCY}{SPACE}?)?", f"(?:{SPACE}?(?:{CURRENCY}|%))?"
    amount = f"{sign}{SPACE}?{before}{sign}{body}{after}{SPACE}?[-−]?"
    dressed = Form(
        f"{name} dressed",
        "number",
        f"(?:{amount}|\\({amount}\\))",
        words,
        group,
        point,
        decorated=True,
    )
    return plain, dressed


_APOSTROPHE = "['’]"
_NUMBERS = (
    _number("point", f"(?:{ANY_DIGITS}(?:\\.[0-9]*)?|\\.[0-9]+)", "numbers with a decimal point"),
    _number(
        "comma", f"(?:{ANY_DIGITS}(?:,[0-9]*)?|,[0-9]+)", "numbers with a decimal comma", point=","
    ),
    _number(
        "comma groups",
        "(?:[1-9][0-9]{0,2}(?:,[0-9]{3})+|0|[1-9][0-9]*)(?:\\.[0-9]*)?",
        "numbers like 1,234.56",
        group=",",
    ),
    _number(
        "point groups",
        "(?:[1-9][0-9]{0,2}(?:\\.[0-9]{3})+|0|[1-9][0-9]*)(?:,[0-9]*)?",
        "numbers like 1.234,56",
        group="\\.",
        point=",",
    ),
    _number(
        "space groups comma",
        f"(?:[1-9][0-9]{{0,2}}(?:{SPACE}[0-9]{{3}})+|0|[1-9][0-9]*)(?:,[0-9]*)?",
        "numbers like 1 234,56",
        group=SPACE,
        point=",",
    ),
    _number(
        "space groups point",
        f"(?:[1-9][0-9]{{0,2}}(?:{SPACE}[0-9]{{3}})+|0|[1-9][0-9]*)(?:\\.[0-9]*)?",
        "numbers like 1 234.56",
        group=SPACE,
    ),
    _number(
        "apostrophe groups",
        f"(?:[1-9][0-9]{{0,2}}(?:{_APOSTROPHE}[0-9]{{3}})+|0|[1-9][0-9]*)(?:\\.[0-9]*)?",
        "numbers like 1'234.56",
        group=_APOSTROPHE,
    ),
)

INTEGER = Form("integer", "integer", f"-?{WHOLE}", "whole numbers")
SCIENTIFIC = Form(
    "scientific",
    "number",
    "-?(?:[0-9]+\\.?[0-9]*|\\.[0-9]+)[eE][-+]?[0-9]{1,3}|-?(?:(?:0|[1-9][0-9]*)(?:\\.[0-9]*)?|\\.[0-9]+)",
    "numbers like 1.5e3",
)

_D, _M, _Y = "(?:0?[1-9]|[12][0-9]|3[01])", "(?:0?[1-9]|1[0-2])", "[12][0-9]{3}"
_NAME = "[A-Za-z]{3}"
_LONG = "[A-Za-z]{3,9}"
_CLOCK = "(?:[01]?[0-9]|2[0-3]):[0-5][0-9]"
_CLOCKS = (
    # pattern after the date, strptime after the date, words
    (f"[ T]{_CLOCK}", " %H:%M", " 14:30"),
    (f"[ T]{_CLOCK}:[0-5][0-9]", " %H:%M:%S", " 14:30:05"),
    (f"[ T]{_CLOCK}:[0-5][0-9]\\.[0-9]{{1,9}}", " %H:%M:%S.%f", " 14:30:05.123"),
    (" (?:0?[1-9]|1[0-2]):[0-5][0-9] ?[AaPp][Mm]", " %I:%M %p", " 2:30 PM"),
    (" (?:0?[1-9]|1[0-2]):[0-5][0-9]:[0-5][0-9] ?[AaPp][Mm]", " %I:%M:%S %p", " 2:30:05 PM"),
)
_DATES = (
    Form("iso", "date", f"{_Y}-{_M}-{_D}", "dates like 2024-12-31"),
    Form("y/m/d", "date", f"{_Y}/{_M}/{_D}", "dates like 2024/12/31", strptime="%Y/%m/%d"),
    Form("y.m.d", "date", f"{_Y}\\.{_M}\\.{_D}", "dates like 2024.12.31", strptime="%Y.%m.%d"),
    Form("d.m.y", "date", f"{_D}\\.{_M}\\.{_Y}", "dates like 31.12.2024", strptime="%d.%m.%Y"),
    Form("d.m.yy", "date", f"{_D}\\.{_M}\\.[0-9]{{2}}", "dates like 31.12.24", strptime="%d.%m.%y"),
    Form(
        "d/m/y",
        "date",
        f"{_D}/{_M}/{_Y}",
        "dates like 31/12/2024",
        strptime="%d/%m/%Y",
        order="dmy",
    ),
    Form(
        "m/d/y",
        "date",
        f"{_M}/{_D}/{_Y}",
        "dates like 12/31/2024",
        strptime="%m/%d/%Y",
        order="mdy",
    ),
    Form(
        "d/m/yy",
        "date",
        f"{_D}/{_M}/[0-9]{{2}}",
        "dates like 31/12/24",
        strptime="%d/%m/%y",
        order="dmy",
    ),
    Form(
        "m/d/yy",
        "date",
        f"{_M}/{_D}/[0-9]{{2}}",
        "dates like 12/31/24",
        strptime="%m/%d/%y",
        order="mdy",
    ),
    Form(
        "d-m-y",
        "date",
        f"{_D}-{_M}-{_Y}",
        "dates like 31-12-2024",
        strptime="%d-%m-%Y",
        order="dmy",
    ),
    Form(
        "m-d-y",
        "date",
        f"{_M}-{_D}-{_Y}",
        "dates like 12-31-2024",
        strptime="%m-%d-%Y",
        order="mdy",
    ),
    Form("d mon y", "date", f"{_D} {_NAME} {_Y}", "dates like 31 Dec 2024", strptime="%d %b %Y"),
    Form("d-mon-y", "date", f"{_D}-{_NAME}-{_Y}", "dates like 31-Dec-2024", strptime="%d-%b-%Y"),
    Form(
        "d-mon-yy", "date", f"{_D}-{_NAME}-[0-9]{{2}}", "dates like 31-Dec-24", strptime="%d-%b-%y"
    ),
    Form(
        "mon d, y", "date", f"{_NAME} {_D}, {_Y}", "dates like Dec 31, 2024", strptime="%b %d, %Y"
    ),
    Form(
        "month d, y",
        "date",
        f"{_LONG} {_D}, {_Y}",
        "dates like December 31, 2024",
        strptime="%B %d, %Y",
    ),
    Form(
        "d month y",
        "date",
        f"{_D} {_LONG} {_Y}",
        "dates like 31 December 2024",
        strptime="%d %B %Y",
    ),
)


def _with_clock(date: Form, clock: tuple[str, str, str]) -> Form:
    pattern, strptime, words = clock
    read = f"{date.strptime or '%Y-%m-%d'}{strptime}"
    return Form(
        f"{date.name}{words}",
        "timestamp",
        date.pattern + pattern.replace("[ T]", " " if date.strptime else "[ T]"),
        f"times like {date.words.removeprefix('dates like ')}{words}",
        strptime=read if date.strptime else "",
        order=date.order,
    )


_ISO_CLOCK = Form(
    "iso time",
    "timestamp",
    f"{_Y}-{_M}-{_D}[ T]{_CLOCK}(?::[0-5][0-9](?:\\.[0-9]{{1,9}})?)?",
    "times like 2024-12-31 14:30:05",
)
_ISO_ZONE = Form(
    "iso time zone",
    "timestamp",
    f"{_ISO_CLOCK.pattern} ?(?:Z|[-+][0-9]{{2}}(?::?[0-9]{{2}})?)",
    "times with an offset from UTC",
    zone=True,
)

# In the order in which they are preferred when a column fits several.
FORMS: tuple[Form, ...] = (
    INTEGER,
    *(pair[0] for pair in _NUMBERS),
    SCIENTIFIC,
    *(pair[1] for pair in _NUMBERS),
    *_DATES,
    _ISO_CLOCK,
    _ISO_ZONE,
    *(_with_clock(date, clock) for date in _DATES[1:] for clock in _CLOCKS),
)
BY_NAME = {form.name: form for form in FORMS}


def looks_typed(cell: str) -> bool:
    """Whether a cell alone is a number or a date rather than a name."""
    text = cell.strip()
    return bool(text) and any(char.isdigit() for char in text) and any(f.fits(text) for f in FORMS)
