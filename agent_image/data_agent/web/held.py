"""Pages that are ready and wait to be fetched, for a minute: the end of a question that was asked
with progress. The page itself is then an ordinary one, with its address and its way back."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass

from starlette.responses import Response

KEEP_S = 60.0
MOST_PAGES = 16
MOST_BYTES = 4 * 1024 * 1024  # of all of them


@dataclass(frozen=True)
class _Page:
    user: str
    response: Response
    until: float

    @property
    def size(self) -> int:
        return len(self.response.body)


class Held:
    """Each page is for one person, and can be fetched once. What is lost is asked again."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._pages: dict[str, _Page] = {}

    def put(self, user: str, response: Response) -> str:
        """The key under which `user` may fetch it."""
        key = secrets.token_urlsafe(12)
        self._pages[key] = _Page(user, response, self._now() + KEEP_S)
        self._tidy()
        return key

    def take(self, user: str, key: str) -> Response | None:
        self._tidy()
        page = self._pages.get(key)
        if page is None or page.user != user:
            return None
        del self._pages[key]
        return page.response

    def _tidy(self) -> None:
        """Without what is too old, and without the oldest where there is too much."""
        now = self._now()
        self._pages = {key: page for key, page in self._pages.items() if page.until > now}
        while len(self._pages) > MOST_PAGES or self._bytes() > MOST_BYTES:
            del self._pages[next(iter(self._pages))]

    def _bytes(self) -> int:
        return sum(page.size for page in self._pages.values())
