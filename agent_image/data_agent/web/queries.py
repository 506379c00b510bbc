"""What the addresses and forms of answers say: a plan, and which rows in which order."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request

from data_agent.errors import Invalid
from data_agent.web.body import number
from data_agent.web.grid_view import Choice

MAX_PLAN = 20_000


def choice_of(request: Request) -> Choice:
    """Page and order of the rows that the address asks for. Invalid."""
    return Choice(
        page=number(request, "page", 1, low=1, high=10**6),
        sort=number(request, "sort", 0, low=0, high=10**4),
        down=request.query_params.get("down") == "1",
    )


def plan_in(fields: Mapping[str, str], name: str) -> dict[str, Any] | None:
    """The plan that a page before sent along. Invalid."""
    given = fields.get(name, "")
    if not given:
        return None
    try:
        plan = json.loads(given[:MAX_PLAN])
    except (ValueError, RecursionError):
        plan = None
    if not isinstance(plan, dict):
        raise Invalid("The answer before this one could not be read. Ask the whole question.")
    return plan
