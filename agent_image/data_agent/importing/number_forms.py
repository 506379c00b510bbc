"""Numbers as people write them: either decimal sign, groups, currencies, percent, parentheses."""

from __future__ import annotations

from data_agent.importing.form import CURRENCY, SPACE, Form

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
NUMBERS = (
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
