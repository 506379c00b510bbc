"""How much of everything one request may ask for."""

from __future__ import annotations

MAX_QUESTION = 2000  # characters
MAX_SQL = 20_000
PAGE_ROWS = 50
MOST_PAGE_ROWS = 1000
RESULT_ROWS = 1000
EXPORT_ROWS = 20_000  # of a statement: it is held in memory as a whole; tables are streamed
EXPORT_STEP = 10_000  # rows held at once; the engine bounds their bytes
