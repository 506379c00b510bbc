"""Reading what a request brings, bounded: JSON objects and small forms."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import ClientDisconnect, Request

from data_agent.errors import BadRequest, Invalid, TooLarge

MAX_BODY = 256 * 1024


async def json_object(request: Request) -> dict[str, Any]:
    """The JSON object in the body. BadRequest, Invalid, TooLarge."""
    raw = await read_body(request)
    try:
        value = json.loads(raw, parse_constant=_refuse_constant)
        if b"\\u" in raw:
            json.dumps(value, ensure_ascii=False).encode()  # half a surrogate pair is no text
    except (ValueError, RecursionError):
        raise BadRequest("The body is not valid JSON.") from None
    if not isinstance(value, dict):
        raise Invalid('The body must be a JSON object, as in {"name": "value"}.')
    return value


async def form(request: Request) -> dict[str, str]:
    """The fields of a form sent as application/x-www-form-urlencoded. BadRequest, TooLarge."""
    raw = await read_body(request)
    try:
        pairs = parse_qsl(raw.decode("utf-8"), keep_blank_values=True, max_num_fields=50)
    except ValueError:
        raise BadRequest("The form could not be read.") from None
    return dict(pairs)


async def read_body(request: Request, limit: int = MAX_BODY) -> bytes:
    """The whole body, at most `limit` bytes. TooLarge."""
    parts: list[bytes] = []
    size = 0
    try:
        async for part in request.stream():
            size += len(part)
            if size > limit:
                raise TooLarge(f"The request has more than {limit // 1024} KiB.")
            parts.append(part)
    except ClientDisconnect:
        raise BadRequest("The connection broke off before the whole request had arrived.") from None
    return b"".join(parts)


def text(body: dict[str, Any], name: str, *, most: int, required: bool = True) -> str:
    """A text field of a JSON object or form. Invalid names the field."""
    value = body.get(name, "")
    if not isinstance(value, str):
        raise Invalid(f'"{name}" must be a text.')
    if required and not value.strip():
        raise Invalid(f'"{name}" is missing or empty.')
    if len(value) > most:
        raise Invalid(f'"{name}" has more than {most} characters.')
    if "\x00" in value:
        raise Invalid(f'"{name}" has a null character in it.')
    return value


def number(request: Request, name: str, default: int, *, low: int, high: int) -> int:
    """A whole number of the query string. Invalid names it and its bounds."""
    given = request.query_params.get(name, "").strip()
    if not given:
        return default
    if not (given.isascii() and given.isdigit() and len(given) < 19 and low <= int(given) <= high):
        raise Invalid(f'"{name}" must be a whole number from {low} to {high}.')
    return int(given)


def _refuse_constant(name: str) -> None:
    """NaN and Infinity are JavaScript, not JSON."""
    raise ValueError(name)
