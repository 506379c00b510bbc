"""What can be said of the LLM to the operator, and when asked for, whether it answers."""

from __future__ import annotations

import httpx
from pydantic import BaseModel

from orchestrator.edge.llm_gateway.credentials import read_access
from orchestrator.edge.llm_gateway.upstream import Upstream
from orchestrator.errors import LlmError

FINE = range(200, 300)
NO_LIST = (404, 405)  # it answers, and has no list of models: that is none of its duties


class LlmState(BaseModel):
    """`reachable` is None where nobody looked. `problem`: why no LLM is asked, or what was seen."""

    configured: bool
    provider: str | None = None
    model: str | None = None
    base_url: str | None = None
    reachable: bool | None = None
    problem: str = ""


class LlmView:
    """One endpoint or none; `problem` is what is wrong with its settings."""

    def __init__(self, upstream: Upstream | None, problem: str = "") -> None:
        self._upstream = upstream
        self._problem = problem

    async def state(self, *, look: bool) -> LlmState:
        """As it is set up; with `look`, its list of models is asked for, with the key."""
        if self._upstream is None:
            return LlmState(configured=False, problem=self._problem)
        settings = self._upstream.settings
        problem = await _seen(self._upstream) if look else ""
        return LlmState(
            configured=True,
            provider=settings.provider,
            model=settings.model,
            base_url=settings.base_url,
            reachable=not problem if look else None,
            problem=problem,
        )


async def _seen(upstream: Upstream) -> str:
    """Empty when it is there and takes the key."""
    try:
        status = await upstream.models(read_access(upstream.settings))
    except LlmError as error:
        return str(error)
    except httpx.ConnectError as error:
        return f"The endpoint cannot be reached: {error}."
    except httpx.HTTPError as error:
        return f"The endpoint gives no answer ({type(error).__name__})."
    if status in (401, 403):
        return f"The endpoint refuses the key ({status})."
    if status in FINE or status in NO_LIST:
        return ""
    return f"The endpoint answers {status}."
