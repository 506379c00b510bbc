"""Whether a model can be asked now, which one, and what of its budget is used."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast, get_args

from data_agent.errors import ModelFailed
from data_agent.llm.settings import LlmSettings, Provider
from data_agent.llm.text.problems import OPERATOR, WAIT
from data_agent.llm.wire.address import address_of
from data_agent.llm.wire.http import Request, sent
from data_agent.llm.wire.retry import platforms_refusal

MOST_STATUS_BYTES = 64 * 1024
GATEWAY = "The platform's gateway"


@dataclass(frozen=True)
class Status:
    """`problem`: why nothing is known, in words; `passes`: it may be gone in a moment. Tokens are
    those of today, UTC."""

    configured: bool
    provider: Provider = "openai"
    model: str = ""
    budget_tokens: int | None = None
    used_tokens: int | None = None
    problem: str = ""
    passes: bool = False


class Access:
    """Asks the platform's gateway, and remembers its answer for a while; a direct endpoint is
    what its settings say."""

    def __init__(self, settings: LlmSettings, clock: Callable[[], float]) -> None:
        self._settings = settings
        self._clock = clock
        self._known: Status | None = None
        self._since = 0.0

    @property
    def expected(self) -> bool:
        """Whether there is reason to offer a model, as far as is known without asking."""
        settings, known = self._settings, self._known
        return settings.usable and (
            not settings.gateway or (known is not None and known.configured)
        )

    async def status(self, *, fresh: bool = False) -> Status:
        """Never raises: what cannot be asked is not configured, and `problem` says why."""
        settings = self._settings
        if settings.privacy == "nothing":
            return Status(False)
        if not settings.gateway:
            return Status(bool(settings.base_url), settings.provider, settings.model)
        known = self._known
        keep = settings.keep_problem_s if known and known.problem else settings.keep_status_s
        if fresh or known is None or self._age() >= keep:
            known = self._known = await self._asked()
            self._since = self._clock()
        return known

    def forget(self) -> None:
        """What was known is out of date."""
        self._known = None

    async def refresh(self) -> None:
        """Make `expected` up to date; costs nothing where there is nothing to ask. No page waits
        for a gateway that is away more than once in a while."""
        settings = self._settings
        outdated = self._known is None or self._age() >= settings.keep_status_s
        if settings.usable and settings.gateway and outdated:
            await self.status()

    def _age(self) -> float:
        return self._clock() - self._since

    async def _asked(self) -> Status:
        settings = self._settings
        url = settings.gateway.rstrip("/") + "/status"
        try:
            token = read_secret(settings.token_file, "platform's token")
            headers = {"Accept": "application/json"}
            headers |= {"Authorization": f"Bearer {token}"} if token else {}
            request = Request(address_of(url), headers, called=GATEWAY)
            async with asyncio.timeout(settings.status_s):
                async with sent(request, connect_s=settings.status_s) as reply:
                    body = await reply.read(MOST_STATUS_BYTES)
            if reply.status != 200:
                refused = platforms_refusal(reply.headers, body, dt.datetime.now(dt.UTC))
                raise refused or ModelFailed(f"{GATEWAY} answered HTTP {reply.status}. {OPERATOR}")
            return _status(json.loads(body))
        except TimeoutError:
            return Status(False, problem=f"{GATEWAY} did not answer in time. {WAIT}", passes=True)
        except ModelFailed as error:
            return Status(False, problem=str(error), passes=error.again)
        except ValueError:
            return Status(False, problem=f"{GATEWAY} gave no status that can be read. {OPERATOR}")


def read_secret(path: Path | None, what: str) -> str:
    """The one line of a file, read at each use so that it can be changed. ModelFailed."""
    if path is None:
        return ""
    try:
        return path.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise ModelFailed(f"The file with the {what} cannot be read. {OPERATOR}") from None


def _status(found: Any) -> Status:  # noqa: ANN401 - JSON
    if not isinstance(found, dict):
        raise ValueError("its status is no JSON object")  # noqa: TRY004 - one kind for all
    provider = found.get("provider")
    known = provider in get_args(Provider)
    return Status(
        configured=found.get("configured") is True and known,
        provider=cast("Provider", provider) if known else "openai",
        model=str(found.get("model") or "")[:200],
        budget_tokens=_count(found.get("budget_tokens")),
        used_tokens=_count(found.get("used_tokens")),
    )


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
