"""Pages from templates: autoescaped, with what every page shows."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from data_agent.values import Cell

HERE = Path(__file__).parent
STATIC = HERE / "static"
NUMBER_TYPES = ("INT", "DOUBLE", "FLOAT", "DECIMAL", "REAL", "HUGEINT")


def environment() -> Environment:
    """The template environment of one application."""
    env = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    env.filters.update(cell=show_cell, count=show_count, bytes=show_bytes, when=show_time)
    env.tests["numeric"] = is_numeric
    env.globals["assets"] = _assets_version()
    return env


def page(request: Request, template: str, *, status: int = 200, **context: object) -> HTMLResponse:
    """The page, with tenant name, signed-in person and current path for its frame."""
    who = getattr(request.state, "who", None)
    env: Environment = request.app.state.templates
    html = env.get_template(template).render(
        tenant=request.app.state.services.settings.tenant_name,
        me=who.user if who else None,
        path=request.url.path,
        **context,
    )
    return HTMLResponse(html, status_code=status)


def show_cell(value: Cell) -> str:
    """A cell as people read it; NULL is empty."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:,.10g}" if abs(value) < 1e15 else str(value)
    return f"{value:,}" if isinstance(value, int) and abs(value) >= 10_000 else str(value)


def show_count(number: int, word: str, plural: str = "") -> str:
    """12,345 rows; 1 row."""
    return f"{number:,} {word if number == 1 else plural or word + 's'}"


def show_bytes(size: int) -> str:
    """Sizes as file managers show them, in powers of 1024."""
    amount = float(size)
    for unit in ("bytes", "KB", "MB", "GB"):
        if amount < 1024 or unit == "GB":
            return f"{amount:,.0f} {unit}" if unit == "bytes" else f"{amount:,.1f} {unit}"
        amount /= 1024
    return str(size)


def show_time(moment: float | str) -> str:
    """2026-01-31 14:05 UTC, from seconds since 1970 or ISO 8601."""
    at = (
        datetime.fromisoformat(moment)
        if isinstance(moment, str)
        else datetime.fromtimestamp(moment, UTC)
    )
    return at.strftime("%Y-%m-%d %H:%M UTC")


def is_numeric(type_name: str) -> bool:
    """Whether a column of this DuckDB type is set flush right."""
    return any(part in type_name.upper() for part in NUMBER_TYPES)


def _assets_version() -> str:
    """Changes with the content of style and script, so that browsers may keep them for a year."""
    digest = hashlib.sha256()
    for path in sorted(STATIC.iterdir()):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:10]
