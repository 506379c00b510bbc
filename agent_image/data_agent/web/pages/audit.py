"""Who did what, for admins."""

from __future__ import annotations

from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from data_agent.web.audit import WORDS
from data_agent.web.body import number
from data_agent.web.identity import admin_of
from data_agent.web.render import page
from data_agent.web.services import services_of

ROWS = 100


async def show(request: Request) -> Response:
    admin_of(request)
    services, query = services_of(request), request.query_params
    who, what = query.get("who", ""), query.get("what", "")
    at = number(request, "page", 1, low=1, high=10**4)
    acts = services.audit.newest(who=who, what=what, skip=(at - 1) * ROWS, most=ROWS + 1)
    chosen = {name: value for name, value in (("who", who), ("what", what)) if value}
    return page(
        request,
        "audit.html",
        acts=acts[:ROWS],
        who=who,
        what=what,
        people=[user.name for user in services.people.users.all()],
        words=WORDS,
        before="?" + urlencode({**chosen, "page": at - 1}) if at > 1 else "",
        after="?" + urlencode({**chosen, "page": at + 1}) if len(acts) > ROWS else "",
    )
