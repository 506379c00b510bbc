"""Every address of the agent that people and programs ask for. Pure.

The gate cannot import the agent, so the table is written down twice: a test compares it with the
agent's own, path by path and method by method.
"""

from __future__ import annotations

import re

# A path and its methods a line; a segment in braces stands for any.
ROUTES = """
/ GET
/account GET
/account/sessions/end POST
/account/sessions/{handle}/end POST
/account/tokens POST
/account/tokens/{handle}/revoke POST
/answers GET
/answers/{id} GET
/api/v1/ask POST
/api/v1/audit GET
/api/v1/export GET
/api/v1/files GET POST
/api/v1/files/{id} GET PATCH DELETE
/api/v1/files/{id}/rejects GET
/api/v1/glossary GET POST DELETE
/api/v1/limits GET
/api/v1/me GET
/api/v1/me/password POST
/api/v1/me/sessions GET DELETE
/api/v1/me/sessions/{handle} DELETE
/api/v1/model GET
/api/v1/questions GET POST
/api/v1/questions/{id} GET DELETE
/api/v1/questions/{id}/answer GET
/api/v1/session POST DELETE
/api/v1/sql POST
/api/v1/tables GET
/api/v1/tables/{name} DELETE
/api/v1/tables/{name}/rows GET
/api/v1/tokens GET POST
/api/v1/tokens/{handle} DELETE
/api/v1/users GET POST
/api/v1/users/{name} PATCH DELETE
/api/v1/verdicts GET POST
/api/v1/verdicts/{id} DELETE
/api/v1/waiting GET
/api/v1/waiting/{id} GET POST DELETE
/data GET POST
/data/files/{id} GET
/data/files/{id}/delete POST
/data/files/{id}/types POST
/data/tables/{name} GET
/data/tables/{name}/delete POST
/data/waiting/{id} GET
/data/waiting/{id}/discard POST
/data/waiting/{id}/keep POST
/data/waiting/{id}/replace POST
/export GET POST
/glossary GET POST
/glossary/remove POST
/login GET POST
/logout POST
/password GET POST
/people GET POST
/people/audit GET
/people/verdicts GET
/people/verdicts/{id}/delete POST
/people/{name}/remove POST
/people/{name}/reset POST
/people/{name}/role POST
/questions POST
/questions/{id}/delete POST
/settings GET
/sql GET POST
/static/app.js GET
/static/icon.svg GET
/static/lines.css GET
/static/progress.js GET
/static/style.css GET
/static/upload.js GET
/verdicts POST
"""
TABLE = tuple(
    (path, frozenset(methods)) for path, *methods in map(str.split, ROUTES.split("\n")[1:-1])
)


def _pattern(path: str) -> str:
    return "".join("[^/]+" if part.startswith("{") else re.escape(part) for part in _parts(path))


def _parts(path: str) -> list[str]:
    return re.split(r"(\{\w+\})", path)


_PATHS = tuple((re.compile(_pattern(path)), methods) for path, methods in TABLE)


def methods_of(path: str) -> frozenset[str]:
    """What the agent takes at this path; empty for a path that it does not have."""
    found: frozenset[str] = frozenset()
    for pattern, methods in _PATHS:
        if pattern.fullmatch(path):
            found |= methods
    return found
