"""How much of everything one request may ask for."""

from __future__ import annotations

MAX_QUESTION = 2000  # characters
MAX_SQL = 20_000
PAGE_ROWS = 50
MOST_PAGE_ROWS = 1000
RESULT_ROWS = 1000
