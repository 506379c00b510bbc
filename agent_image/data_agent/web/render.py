"""Pages from templates: autoescaped, with what every page shows."""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import HTMLResponse

from data_agent.engine.settings import EXPORT_BYTES, EXPORT_DEADLINE_S
from data_agent.values import Cell, Column
from data_agent.web.examples import is_key
from data_agent.web.limits import RESULT_ROWS

if TYPE_CHECKING:
    from jinja2 import Environment, Template
    from markupsafe import Markup

HERE = Path(__file__).parent
STATIC = HERE / "static"
# The first that fits: each browser also names the ones after it.
PROGRAMS = (
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)
PERIODS = {"week": 1, "month": 1, "quarter": 3, "year": 12}  # months from one to the next
ISO_DAY = re.compile(r"\d{4}-\d\d-\d\d")
DECIMAL = re.compile(r"DECIMAL\(\d+,(\d+)\)")
PLAIN_NAME = re.compile(r"[a-z_][a-z0-9_]*")
NUMBER_TYPES = ("INT", "DOUBLE", "FLOAT", "DECIMAL", "REAL", "HUGEINT")


class Templates:
    """The templates of one application. Jinja is imported at the first page, so that no start of
    the agent waits for it."""

    def get_template(self, name: str) -> Template:
        return self._environment.get_template(name)

    @cached_property
    def _environment(self) -> Environment:
        from jinja2 import Environment, FileSystemLoader, StrictUndefined

        env = Environment(
            loader=FileSystemLoader(HERE / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        env.filters.update(
            cell=show_cell,
            count=show_count,
            bytes=show_bytes,
            when=show_time,
            kind=show_kind,
            browser=show_browser,
            sql_name=sql_name,
        )
        env.tests["numeric"] = is_numeric
        env.tests["temporal"] = is_temporal
        env.globals["assets"] = _assets_version()
        env.globals["export_bytes"] = EXPORT_BYTES
        env.globals["export_minutes"] = round(EXPORT_DEADLINE_S / 60)
        env.globals["result_rows"] = RESULT_ROWS
        return env


def page(request: Request, template: str, *, status: int = 200, **context: object) -> HTMLResponse:
    """The page, with tenant name, signed-in person and current path for its frame."""
    who = getattr(request.state, "who", None)
    templates: Templates = request.app.state.templates
    html = templates.get_template(template).render(
        tenant=request.app.state.services.settings.tenant_name,
        me=who.user if who else None,
        path=request.scope["path"],
        **context,
    )
    return HTMLResponse(html, status_code=status)


def show_cell(value: Cell, column: Column | None = None) -> str:
    """A cell as people read it: as many decimals as its column has, thousands set apart, except
    where a number is only a name. NULL is empty."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return show_period(value, column) if column else value
    if column and is_key(column.name):
        return str(value)
    scale = DECIMAL.fullmatch(column.type) if column else None
    if scale:
        return f"{value:,.{scale[1]}f}"
    if isinstance(value, float):
        return f"{value:,.10g}" if abs(value) < 1e15 else str(value)
    return f"{value:,}" if abs(value) >= 10_000 else str(value)


def show_period(value: str, column: Column) -> str:
    """The first day of a month, week, quarter or year, in a column so called: 2024-01, 2024-W03,
    2024-Q1, 2024. Any other day stays one."""
    if column.type != "DATE" or column.name not in PERIODS or not ISO_DAY.fullmatch(value):
        return value
    day = date.fromisoformat(value)
    if column.name == "week":
        year, week, weekday = day.isocalendar()
        return f"{year}-W{week:02d}" if weekday == 1 else value
    if day.day != 1 or (day.month - 1) % PERIODS[column.name]:
        return value
    shown = {"month": value[:7], "quarter": f"{value[:4]}-Q{(day.month + 2) // 3}"}
    return shown.get(column.name, value[:4])


def show_kind(type_name: str) -> str:
    """A column type in a word that needs no manual."""
    name = type_name.upper()
    kinds = (("TIMESTAMP", "time"), ("DATE", "date"), ("TIME", "time"), ("BOOL", "yes/no"))
    return next(
        (word for part, word in kinds if name.startswith(part)),
        "number" if is_numeric(name) else "text" if name == "VARCHAR" else name.lower(),
    )


def show_browser(user_agent: str) -> str:
    """Chrome on Windows; what cannot be told apart stays as it came."""
    program = next((word for part, word in PROGRAMS if part in user_agent), "")
    system = next((word for part, word in SYSTEMS if part in user_agent), "")
    return f"{program} on {system}" if program and system else user_agent[:60]


def sql_name(name: str) -> str:
    """A name as it has to be written in a statement: quoted unless it is plain."""
    return name if PLAIN_NAME.fullmatch(name) else '"' + name.replace('"', '""') + '"'


def show_count(number: int, word: str, plural: str = "") -> str:
    """12,345 rows; 1 row."""
    return f"{number:,} {word if number == 1 else plural or word + 's'}"


def show_bytes(size: int) -> str:
    """Sizes as file managers show them, in powers of 1024."""
    amount = float(size)
    for unit in ("bytes", "KB", "MB", "GB"):
        if amount < 1024 or unit == "GB":
            digits = 0 if unit == "bytes" or amount >= 100 else 1
            return f"{amount:,.{digits}f} {unit}"
        amount /= 1024
    return str(size)


def show_time(moment: float | str) -> Markup:
    """2026-01-31 14:05 UTC, from seconds since 1970 or ISO 8601; the script makes it the reader's
    own time."""
    from markupsafe import Markup  # late: comes with Jinja

    at = (
        datetime.fromisoformat(moment)
        if isinstance(moment, str)
        else datetime.fromtimestamp(moment, UTC)
    )
    words, exact = at.strftime("%Y-%m-%d %H:%M UTC"), at.strftime("%Y-%m-%dT%H:%M:%SZ")
    return Markup('<time datetime="{}">{}</time>').format(exact, words)


def is_numeric(type_name: str) -> bool:
    """Whether a column of this DuckDB type is set flush right."""
    return any(part in type_name.upper() for part in NUMBER_TYPES)


def is_temporal(type_name: str) -> bool:
    """Whether a column of this DuckDB type is not broken over lines."""
    return type_name.upper().startswith(("DATE", "TIME"))


def _assets_version() -> str:
    """Changes with the content of style and script, so that browsers may keep them for a year."""
    digest = hashlib.sha256()
    for path in sorted(STATIC.iterdir()):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:10]
