"""SQL that reads a column in one way and stops the statement at the first value that is not so.

Most values look the way DuckDB itself would write them; to write them again and compare costs half
of a pattern. The others are held against the form's pattern, as everywhere.
"""

from __future__ import annotations

from data_agent.importing.candidates import Candidate
from data_agent.importing.form import Form
from data_agent.importing.number_forms import SCIENTIFIC
from data_agent.worker.profile import text_sql

MISFIT = "a value does not fit the guess"
MOST = 10**18 - 1  # what the pattern of whole numbers takes
YEARS = ("1000-01-01", "3000-01-01")  # what the patterns of dates take


def strict_sql(index: int, candidate: Candidate, kind: str, scale: int) -> str:
    """The typed value of text column `index`; an error with MISFIT in it for what does not fit.

    `kind`: DuckDB's type; `scale`: the most decimal places that may occur, for DECIMAL.
    """
    text, form = text_sql(index, candidate), candidate.form
    typed = form.typed_sql(text, kind)
    fits = f"regexp_full_match({text}, '{form.pattern.replace(chr(39), chr(39) * 2)}')"
    if kind.startswith("DECIMAL"):
        fits += f" AND length(split_part({form.digits(text)}, '.', 2)) <= {scale}"
    quick = _quick(form, text, kind)
    first = f"WHEN {quick[0]} THEN {quick[1]} " if quick else ""
    return (
        f"CASE {first}WHEN {text} IS NULL THEN NULL "
        f"WHEN {fits} AND {typed} IS NOT NULL THEN {typed} ELSE error('{MISFIT}') END"
    )


def _quick(form: Form, text: str, kind: str) -> tuple[str, str] | None:
    """Condition and value where the text is what DuckDB would write for the value."""
    value = f"TRY_CAST({text} AS {kind})"
    if form.family == "integer":
        return f"CAST({value} AS VARCHAR) = {text} AND {value} BETWEEN -{MOST} AND {MOST}", value
    if form.family == "number" and kind.startswith("DECIMAL") and form != SCIENTIFIC:
        if form.point == ",":
            value = f"TRY_CAST(replace({text}, ',', '.') AS {kind})"
            return f"replace(CAST({value} AS VARCHAR), '.', ',') = {text}", value
        return f"CAST({value} AS VARCHAR) = {text}", value
    if form.family in {"date", "timestamp"} and not form.zone:
        value = form.typed_sql(text, kind)
        shown = f"CAST({value} AS VARCHAR)"
        if form.strptime:
            shown = f"strftime({value}, '{form.strptime}')"
        low, high = (f"{kind} '{day}'" for day in YEARS)
        return f"{shown} = {text} AND {value} >= {low} AND {value} < {high}", value
    return None
