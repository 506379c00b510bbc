"""All forms, in the order in which they are preferred when a column fits several.

Booleans have no form on purpose: Yes/No and 1/0 stay what they are.
"""

from __future__ import annotations

from data_agent.importing.date_forms import DATES
from data_agent.importing.form import Form
from data_agent.importing.number_forms import INTEGER, NUMBERS, SCIENTIFIC

FORMS: tuple[Form, ...] = (
    INTEGER,
    *(plain for plain, _ in NUMBERS),
    SCIENTIFIC,
    *(dressed for _, dressed in NUMBERS),
    *DATES,
)
BY_NAME = {form.name: form for form in FORMS}


def looks_typed(cell: str) -> bool:
    """Whether a cell alone is a number or a date rather than a name."""
    text = cell.strip()
    return bool(text) and any(char.isdigit() for char in text) and any(f.fits(text) for f in FORMS)
